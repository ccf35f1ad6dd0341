package dev.hallpass.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hallpass.provider.Grant;
import dev.hallpass.provider.Material;
import dev.hallpass.provider.TargetDriverContract;
import dev.hallpass.provider.TargetException;
import dev.hallpass.testing.PostgresServer;
import dev.hallpass.wire.Reason;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What stands in the way of removing an account, and who may be disturbed for it. */
@ExtendWith(PostgresServer.class)
class PostgreSqlRemovalIT {
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
  private final PostgreSqlDriver driver = new PostgreSqlDriver(new SecureRandom(), now::get);
  private final Grant grant =
      ShopDatabase.grant(UUID.randomUUID(), ShopDatabase.level("orders_reader"));
  private final String name = grant.subject().name();
  private final String table = "scratch.t" + grant.subject().leaseUid().toString().replace("-", "");
  private PostgresServer.Instance server;
  private ShopDatabase shop;

  @BeforeEach
  void prepare(PostgresServer.Instance shared) {
    server = shared;
    shop = new ShopDatabase(shared);
  }

  @AfterEach
  void close() {
    driver.close();
  }

  private Material active() {
    var material = driver.issue(shop.target(), grant);
    driver.activate(shop.target(), grant);
    return material;
  }

  private static void run(Connection connection, String... statements) throws SQLException {
    try (var statement = connection.createStatement()) {
      for (var sql : statements) {
        statement.execute(sql);
      }
    }
  }

  @Test
  void somebodyElsesLockOnATableOfTheUserIsNamedAndWaitedFor() throws SQLException {
    var material = active();
    try (var session = shop.session(material)) {
      run(session, "CREATE TABLE " + table + " (id int)");
    }
    try (var other = server.superuser()) {
      other.setAutoCommit(false);
      run(other, "LOCK TABLE " + table + " IN ACCESS SHARE MODE");

      assertThatThrownBy(() -> driver.revoke(shop.target(), grant.subject()))
          .isInstanceOfSatisfying(
              TargetException.class, e -> assertThat(e.reason()).isEqualTo(Reason.RemovalBlocked))
          .hasMessageContaining("is disabled and has no sessions")
          .hasMessageContaining("postgres with pid");

      assertThat(server.admits(name, material.get("password").reveal())).isFalse();
      run(other, "SELECT count(*) FROM orders");
      other.rollback();
    }
    driver.revoke(shop.target(), grant.subject());
    assertThat(roles()).isEmpty();
  }

  @Test
  void preparedTransactionsAreRolledBackEvenThoseThatLockTheRole() throws SQLException {
    var material = active();
    try (var session = shop.session(material)) {
      session.setAutoCommit(false);
      run(
          session,
          "ALTER ROLE \"%s\" PASSWORD 'mine'".formatted(name),
          "CREATE TABLE " + table + " (id int)",
          "PREPARE TRANSACTION '%s'".formatted(name));
    }

    driver.revoke(shop.target(), grant.subject());

    assertThat(roles()).isEmpty();
    assertThat(server.query("SELECT gid FROM pg_prepared_xacts")).doesNotContain(name);
  }

  @Test
  void aSessionThatOutlivedItsRoleIsFoundByTheSweep() throws SQLException {
    var material = active();
    try (var session = shop.session(material);
        var innocent = server.superuser()) {
      run(session, "SET ROLE orders_reader");
      server.execute("DROP ROLE \"%s\"".formatted(name));
      run(session, "SELECT * FROM orders");

      driver.inventory(shop.target(), TargetDriverContract.INSTALLATION);

      assertThatThrownBy(() -> run(session, "SELECT * FROM orders"))
          .isInstanceOf(SQLException.class);
      run(innocent, "SELECT 1");
    }
  }

  @Test
  void thePoolOfAProviderThatNobodyAsksForIsClosed() {
    driver.probe(shop.target());
    assertThat(sessionsOfTheAdmin()).isPositive();

    now.updateAndGet(i -> i.plus(Duration.ofHours(1)));
    assertThatThrownBy(() -> driver.probe(shop.unreachable())).isInstanceOf(TargetException.class);

    await().atMost(Duration.ofSeconds(60)).until(() -> sessionsOfTheAdmin() == 0);
  }

  private int sessionsOfTheAdmin() {
    return server
        .query("SELECT pid FROM pg_stat_activity WHERE application_name = 'hallpass'")
        .size();
  }

  private List<String> roles() {
    return server.query("SELECT rolname FROM pg_roles WHERE rolname = '%s'".formatted(name));
  }
}
