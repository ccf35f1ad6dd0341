package dev.hallpass.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import dev.hallpass.api.v1alpha1.PostgreSqlAccess;
import dev.hallpass.api.v1alpha1.PostgreSqlAccess.OwnedObjects;
import dev.hallpass.testing.PostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The scripts in {@code config/providers/postgresql} give the admin what it needs. */
class PostgreSqlAdminScriptIT {
  private static final Path FOLDER = Path.of("config/providers/postgresql");
  private static final AccessLevel LEVEL =
      new AccessLevel(
          "writer",
          "1h",
          "24h",
          new PostgreSqlAccess(
              List.of("bills writer"),
              null,
              null,
              null,
              OwnedObjects.Reassign,
              "bills_owner",
              null),
          null);

  @Test
  void whatTheyMakeSufficesAndIsNoMore() throws SQLException, IOException {
    var driver = new PostgreSqlDriver(new SecureRandom());
    try (var server = PostgresServer.create()) {
      for (var again = 0; again < 2; again++) {
        server.script(FOLDER.resolve("admin.sql"), "loopback-test-scripted", "admin=scripted");
        server.script(
            FOLDER.resolve("level.sql"),
            "",
            "admin=scripted",
            "group=bills writer",
            "owner=bills_owner");
      }
      server.execute(
          "CREATE SCHEMA bills", "GRANT CREATE, USAGE ON SCHEMA bills TO \"bills writer\"");
      var shop = new ShopDatabase(server);
      var target = shop.withAdmin("scripted", "loopback-test-scripted", LEVEL);
      var grant = ShopDatabase.grant(UUID.randomUUID(), LEVEL);

      driver.probe(target);
      var material = driver.issue(target, grant);
      driver.activate(target, grant);
      try (var session = shop.session(material);
          var statement = session.createStatement()) {
        statement.execute("CREATE TABLE bills.paid AS SELECT 1 AS id");
        driver.revoke(target, grant.subject());
      }

      assertThat(server.query("SELECT rolname FROM pg_roles WHERE rolname LIKE 'hp%'")).isEmpty();
      assertThat(server.query("SELECT tableowner FROM pg_tables WHERE tablename = 'paid'"))
          .containsExactly("bills_owner");
      assertThat(
              server.query(
                  "SELECT rolname FROM pg_roles WHERE rolname = 'scripted' AND (rolsuper OR"
                      + " rolcreatedb OR rolreplication OR rolbypassrls)"))
          .isEmpty();
      assertThat(server.log()).doesNotContain("loopback-test-scripted");
    } finally {
      driver.close();
    }
  }
}
