package dev.hallpass.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.SecretRef;
import dev.hallpass.api.v1alpha1.PostgreSql;
import dev.hallpass.api.v1alpha1.PostgreSqlAccess;
import dev.hallpass.api.v1alpha1.PostgreSqlAccess.OwnedObjects;
import dev.hallpass.api.v1alpha1.PostgreSqlAccess.Timeouts;
import dev.hallpass.provider.Grant;
import dev.hallpass.provider.Material;
import dev.hallpass.provider.Target;
import dev.hallpass.provider.TargetException;
import dev.hallpass.testing.PostgresServer;
import dev.hallpass.wire.Reason;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What an access level can say beyond its group roles. */
class PostgreSqlLevelsIT {
  private static PostgresServer.Instance server;
  private static ShopDatabase shop;

  private final PostgreSqlDriver driver = new PostgreSqlDriver(new SecureRandom());
  private final UUID lease = UUID.randomUUID();

  @BeforeAll
  static void start() {
    server = PostgresServer.create();
    shop = new ShopDatabase(server);
    server.execute("CREATE DATABASE billing");
    server.execute(
        "CREATE ROLE orders_owner LOGIN",
        "GRANT orders_owner TO hallpass_admin",
        "GRANT CREATE ON SCHEMA scratch TO orders_owner");
    try (var billing = server.connect("billing", "postgres", PostgresServer.PASSWORD);
        var statement = billing.createStatement()) {
      statement.execute("CREATE SCHEMA work; GRANT ALL ON SCHEMA work TO orders_reader");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @AfterEach
  void close() {
    driver.close();
  }

  private static Target target(@Nullable Integer iterations, AccessLevel... levels) {
    return shop.at(
        new PostgreSql(
            "127.0.0.1",
            server.port(),
            null,
            "postgres",
            List.of("billing"),
            new SecretRef("admin"),
            ShopDatabase.DISABLED,
            iterations),
        levels);
  }

  private static AccessLevel level(PostgreSqlAccess access) {
    return new AccessLevel("writer", "1h", "24h", access, null);
  }

  private static AccessLevel reassigning(String heir) {
    return level(
        new PostgreSqlAccess(
            List.of("orders_reader"), null, null, null, OwnedObjects.Reassign, heir, null));
  }

  private Material active(Target target, Grant grant) {
    var material = driver.issue(target, grant);
    driver.activate(target, grant);
    return material;
  }

  private static void run(Material material, String sql) throws SQLException {
    try (var session = shop.session(material);
        var statement = session.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<String> show(Material material, String setting) throws SQLException {
    try (var session = shop.session(material)) {
      return Sql.strings(session, "SELECT current_setting(?)", setting);
    }
  }

  @Test
  void sessionsBeginWithTheLevelsPathAndTimeouts() throws SQLException {
    var level =
        level(
            new PostgreSqlAccess(
                List.of("orders_reader"),
                null,
                List.of("scratch", "od\"d"),
                new Timeouts("30s", "500ms", "1min"),
                null,
                null,
                3));

    var material = active(target(null, level), ShopDatabase.grant(lease, level));

    assertThat(show(material, "search_path")).containsExactly("scratch, \"od\"\"d\"");
    assertThat(show(material, "statement_timeout")).containsExactly("30s");
    assertThat(server.query("SELECT count(*)::text FROM pg_roles WHERE rolconnlimit = 3"))
        .containsExactly("1");
    assertThat(show(material, "lock_timeout")).containsExactly("500ms");
    assertThat(show(material, "idle_in_transaction_session_timeout")).containsExactly("1min");
  }

  @Test
  void whatTheHolderSetIsUndoneByTheNextIssue() throws SQLException {
    var level = ShopDatabase.level("orders_reader");
    var grant = ShopDatabase.grant(lease, level);
    var first = active(target(null, level), grant);
    run(first, "ALTER ROLE \"%s\" SET statement_timeout = '7s'".formatted(grant.subject().name()));

    var second = active(target(null, level), grant);

    assertThat(show(second, "statement_timeout")).containsExactly("0");
  }

  @Test
  void aLevelMayNameAnotherDatabaseAndItsObjectsThereGoToo() throws SQLException {
    var level =
        level(
            new PostgreSqlAccess(
                List.of("orders_reader"), "billing", null, null, null, null, null));
    var target = target(null, level);
    var grant = ShopDatabase.grant(lease, level);
    driver.probe(target);

    var material = active(target, grant);
    run(material, "CREATE TABLE work.bills (id int)");
    assertThat(show(material, "search_path")).isNotEmpty();
    driver.revoke(target, grant.subject());

    assertThat(roles(grant)).isEmpty();
  }

  @Test
  void objectsGoToTheHeirEvenWhenTheLevelIsGone() throws SQLException {
    var level = reassigning("orders_owner");
    var grant = ShopDatabase.grant(lease, level);
    var material = active(target(null, level), grant);
    driver.probe(target(null, level));
    run(material, "CREATE TABLE scratch.invoices AS SELECT 42 AS id");

    driver.revoke(target(null, ShopDatabase.level("orders_reader")), grant.subject());

    assertThat(roles(grant)).isEmpty();
    assertThat(server.query("SELECT tableowner FROM pg_tables WHERE tablename = 'invoices'"))
        .containsExactly("orders_owner");
    assertThat(server.query("SELECT id FROM scratch.invoices")).containsExactly("42");
  }

  @Test
  void objectsAreNotDroppedForWantOfTheHeir() throws SQLException {
    server.execute("CREATE ROLE passing", "GRANT passing TO hallpass_admin");
    var level = reassigning("passing");
    var grant = ShopDatabase.grant(lease, level);
    var material = active(target(null, level), grant);
    run(material, "CREATE TABLE scratch.kept AS SELECT 7 AS id");
    server.execute("DROP ROLE passing");

    assertThatThrownBy(() -> driver.revoke(target(null, level), grant.subject()))
        .isInstanceOfSatisfying(
            TargetException.class, e -> assertThat(e.reason()).isEqualTo(Reason.RemovalBlocked))
        .hasMessageEndingWith("does not exist any more: CREATE ROLE \"passing\" NOLOGIN");

    assertThat(server.query("SELECT id FROM scratch.kept")).containsExactly("7");
    server.execute("CREATE ROLE passing", "GRANT passing TO hallpass_admin");
    driver.revoke(target(null, level), grant.subject());
    assertThat(roles(grant)).isEmpty();
  }

  @Test
  void theProbeNamesWhatTheAdminMissesToReassign() {
    server.execute("CREATE ROLE strangers");

    assertThatThrownBy(() -> driver.probe(target(null, reassigning("nobody"))))
        .hasMessage(
            "spec.access[writer].postgresql.reassignTo: there is no role \"nobody\":"
                + " CREATE ROLE \"nobody\" NOLOGIN");
    assertThatThrownBy(() -> driver.probe(target(null, reassigning("strangers"))))
        .hasMessage(
            "spec.access[writer].postgresql.reassignTo: the admin role may not give objects to"
                + " \"strangers\": GRANT \"strangers\" TO \"hallpass_admin\"");
    assertThatThrownBy(() -> driver.probe(target(null, reassigning("postgres"))))
        .hasMessageStartingWith(
            "spec.access[writer].postgresql.reassignTo: role \"postgres\" is a superuser;");
  }

  @Test
  void theProbeNamesADatabaseThatIsNotThere() {
    var spec =
        new PostgreSql(
            "127.0.0.1",
            server.port(),
            null,
            "postgres",
            List.of("absent"),
            new SecretRef("admin"),
            ShopDatabase.DISABLED,
            null);

    assertThatThrownBy(() -> driver.probe(shop.at(spec)))
        .hasMessageStartingWith("spec.postgresql.databases[absent]: ")
        .hasMessageContaining("database \"absent\" does not exist");
  }

  @Test
  void aVerifierOfOneIterationAdmitsAllTheSame() throws SQLException {
    var level = ShopDatabase.level("orders_reader");
    var grant = ShopDatabase.grant(lease, level);

    var material = active(target(1, level), grant);

    run(material, "SELECT 1");
    assertThat(
            server.query(
                "SELECT rolpassword FROM pg_authid WHERE rolname = '%s'"
                    .formatted(grant.subject().name())))
        .singleElement()
        .asString()
        .startsWith("SCRAM-SHA-256$1:");
  }

  private static List<String> roles(Grant grant) {
    return server.query(
        "SELECT rolname FROM pg_roles WHERE rolname = '%s'".formatted(grant.subject().name()));
  }
}
