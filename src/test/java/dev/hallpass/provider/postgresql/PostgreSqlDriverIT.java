package dev.hallpass.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import dev.hallpass.provider.AccountDriverContract;
import dev.hallpass.provider.Grant;
import dev.hallpass.provider.Holder;
import dev.hallpass.provider.Material;
import dev.hallpass.provider.Target;
import dev.hallpass.provider.TargetDriver;
import dev.hallpass.provider.TargetException;
import dev.hallpass.testing.PostgresServer;
import dev.hallpass.wire.Reason;
import java.io.IOException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PostgresServer.class)
class PostgreSqlDriverIT implements AccountDriverContract {
  private final PostgreSqlDriver driver = new PostgreSqlDriver(new SecureRandom());
  private PostgresServer.Instance server;
  private ShopDatabase shop;

  @BeforeEach
  void prepare(PostgresServer.Instance shared) {
    use(shared);
  }

  private void use(PostgresServer.Instance one) {
    server = one;
    shop = new ShopDatabase(one);
  }

  @AfterEach
  void close() {
    driver.close();
  }

  @Override
  public TargetDriver driver() {
    return driver;
  }

  @Override
  public AccessLevel level() {
    return ShopDatabase.level("orders_reader");
  }

  @Override
  public Target target() {
    return shop.target();
  }

  @Override
  public boolean admits(Material material) {
    return server.admits(material.get("username").reveal(), material.get("password").reveal());
  }

  private Material active(Grant grant) {
    var material = driver.issue(target(), grant);
    driver.activate(target(), grant);
    return material;
  }

  @Test
  void aMintedUserReadsThroughItsGroupAndHasNothingOfItsOwn() throws SQLException {
    var grant = grant(UUID.randomUUID(), 1);
    var material = active(grant);

    try (var connection =
            server.connect(material.get("username").reveal(), material.get("password").reveal());
        var statement = connection.createStatement()) {
      assertThat(statement.executeQuery("SELECT count(*) FROM orders").next()).isTrue();
      assertThatThrownBy(() -> statement.execute("DELETE FROM orders"))
          .hasMessageContaining("permission denied");
    }
    assertThat(
            server.query(
                "SELECT rolsuper OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = '%s'"
                    .formatted(grant.subject().name())))
        .containsExactly("f");
  }

  @Test
  void anOpenTransactionAndASessionThatSetItsRoleDieOnRevoke() throws SQLException {
    var grant = grant(UUID.randomUUID(), 1);
    var material = active(grant);
    try (var open =
            server.connect(material.get("username").reveal(), material.get("password").reveal());
        var set =
            server.connect(material.get("username").reveal(), material.get("password").reveal());
        var inTransaction = open.createStatement();
        var asGroup = set.createStatement()) {
      open.setAutoCommit(false);
      inTransaction.execute("LOCK TABLE orders IN ACCESS SHARE MODE");
      asGroup.execute("SET ROLE orders_reader");

      driver.revoke(target(), grant.subject());

      assertThatThrownBy(() -> inTransaction.execute("SELECT count(*) FROM orders"))
          .isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> asGroup.execute("SELECT count(*) FROM orders"))
          .isInstanceOf(SQLException.class);
    }
    assertThat(admits(material)).isFalse();
  }

  @Test
  void aUserThatOwnsObjectsIsRevokedWithThem() throws SQLException {
    var grant = grant(UUID.randomUUID(), 1);
    var material = active(grant);
    var table = "scratch.t" + grant.subject().leaseUid().toString().replace("-", "");
    try (var connection =
            server.connect(material.get("username").reveal(), material.get("password").reveal());
        var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE " + table + " (id int)");
    }

    driver.revoke(target(), grant.subject());

    assertThat(driver.inventory(target(), INSTALLATION)).doesNotContain(grant.subject());
    assertThat(server.query("SELECT to_regclass('%s')::text".formatted(table)))
        .containsExactly((String) null);
  }

  @Test
  void aRevocationThatCannotFinishLeavesNothingThatCouldBeEnabledAgain() throws SQLException {
    var grant = grant(UUID.randomUUID(), 1);
    var material = active(grant);
    var id = grant.subject().leaseUid().toString().replace("-", "");
    try (var connection =
            server.connect(material.get("username").reveal(), material.get("password").reveal());
        var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE scratch.t%s (id int)".formatted(id));
    }
    server.execute("CREATE VIEW scratch.v%s AS SELECT * FROM scratch.t%1$s".formatted(id));

    assertThatThrownBy(() -> driver.revoke(target(), grant.subject()))
        .hasMessageContaining("other objects depend on");

    assertThatThrownBy(() -> driver.activate(target(), grant))
        .isInstanceOfSatisfying(
            TargetException.class, e -> assertThat(e.reason()).isEqualTo(Reason.Superseded));
    assertThatThrownBy(() -> driver.issue(target(), grant)).isInstanceOf(TargetException.class);
    assertThat(admits(material)).isFalse();
    server.execute("DROP VIEW scratch.v" + id);
    driver.revoke(target(), grant.subject());
    assertThat(driver.inventory(target(), INSTALLATION)).doesNotContain(grant.subject());
  }

  @Test
  void aUserThatLocksItsOwnRowOrEverybodysNamesIsRevokedAllTheSame() throws SQLException {
    var grant = grant(UUID.randomUUID(), 1);
    var material = active(grant);
    var name = material.get("username").reveal();
    try (var open = server.connect(name, material.get("password").reveal());
        var other = server.connect(name, material.get("password").reveal());
        var rows = open.createStatement();
        var names = other.createStatement()) {
      open.setAutoCommit(false);
      rows.execute("ALTER ROLE \"%s\" PASSWORD 'mine'".formatted(name));
      names.execute("SELECT pg_advisory_lock(hashtextextended('%s', 0))".formatted(name));

      driver.revoke(target(), grant.subject());
    }

    assertThat(server.admits(name, "mine")).isFalse();
    assertThat(driver.inventory(target(), INSTALLATION)).doesNotContain(grant.subject());
  }

  @Test
  void aUserThatLocksItsOwnRowDoesNotPutItsEndOff() throws Exception {
    var grant = grant(UUID.randomUUID(), 1);
    var material = active(grant);
    var name = material.get("username").reveal();
    try (var open = server.connect(name, material.get("password").reveal());
        var row = open.createStatement();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      open.setAutoCommit(false);
      row.execute("ALTER ROLE \"%s\" PASSWORD 'mine'".formatted(name));

      var revocation = threads.submit(() -> driver.revoke(target(), grant.subject()));

      assertThat(longestWait(revocation)).as("other locks are waited for 2 s").isLessThan(1900);
      revocation.get();
    }
    assertThat(server.admits(name, "mine")).isFalse();
  }

  /**
   * For how long the server lets one of the admin's statements wait for a lock, in milliseconds.
   */
  private double longestWait(Future<?> work) {
    var longest = 0.0;
    while (!work.isDone()) {
      var waiting =
          server.query(
              "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - query_start)), 0) * 1000"
                  + " FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = '"
                  + ShopDatabase.ADMIN
                  + "'");
      longest = Math.max(longest, Double.parseDouble(waiting.getFirst()));
    }
    return longest;
  }

  @Test
  void whatIsEnabledIsEnabledAgainWithoutWaitingForItsUser() throws SQLException {
    var grant = grant(UUID.randomUUID(), 1);
    var material = active(grant);
    var name = material.get("username").reveal();
    try (var open = server.connect(name, material.get("password").reveal());
        var row = open.createStatement()) {
      open.setAutoCommit(false);
      row.execute("ALTER ROLE \"%s\" PASSWORD 'mine'".formatted(name));

      driver.activate(target(), grant);

      assertThatThrownBy(() -> driver.renew(target(), grant))
          .isInstanceOfSatisfying(
              TargetException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LeaseBusy));
    }
    driver.renew(target(), grant);
  }

  @Test
  void manyMayRevokeAUserWithAnOpenTransactionAtOnce() throws Exception {
    for (var round = 0; round < 20; round++) {
      var grant = grant(UUID.randomUUID(), 1);
      var material = active(grant);
      try (var session =
              server.connect(material.get("username").reveal(), material.get("password").reveal());
          var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        session.setAutoCommit(false);
        var running = new ArrayList<Future<?>>();
        for (var i = 0; i < 8; i++) {
          running.add(threads.submit(() -> driver.revoke(target(), grant.subject())));
        }
        for (var one : running) {
          one.get();
        }
      }
      assertThat(admits(material)).isFalse();
    }
  }

  @Test
  void aFunctionInSomebodysSchemaIsNotCalledByTheAdmin() {
    server.execute(
        "CREATE OR REPLACE FUNCTION public.starts_with(name, varchar) RETURNS bool LANGUAGE plpgsql"
            + " AS $$BEGIN RAISE EXCEPTION 'called'; END$$");
    try {
      driver.inventory(target(), INSTALLATION);
    } finally {
      server.execute("DROP FUNCTION public.starts_with(name, varchar)");
    }
  }

  @Test
  void renewalFollowsTheGroupsThatTheLevelNamesNow() {
    var grant = grant(UUID.randomUUID(), 1);
    active(grant);
    server.execute(
        """
        DO $$ BEGIN
          IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bills_reader') THEN
            CREATE ROLE bills_reader NOLOGIN;
            GRANT bills_reader TO hallpass_admin WITH ADMIN OPTION;
          END IF;
        END $$""");

    driver.renew(
        target(),
        new Grant(
            grant.subject(),
            1,
            ShopDatabase.level("bills_reader"),
            grant.expiresAt(),
            grant.holder()));

    assertThat(
            server.query(
                ("SELECT g.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid"
                        + " JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = '%s'")
                    .formatted(grant.subject().name())))
        .containsExactly("bills_reader");
  }

  @Test
  void theServerItselfEndsAnExpiredLogin() {
    var grant = grant(UUID.randomUUID(), 1);
    var material = active(grant);
    var over =
        new Grant(grant.subject(), 1, level(), Instant.now().minusSeconds(1), grant.holder());

    driver.renew(target(), over);

    assertThat(admits(material)).isFalse();
  }

  @Test
  void noPasswordReachesTheStatementLog() throws IOException {
    var material = active(grant(UUID.randomUUID(), 1));

    assertThat(server.log())
        .contains(material.get("username").reveal())
        .doesNotContain(material.get("password").reveal());
  }

  @Test
  void aHostileGroupNameIsAnIdentifierAndNothingElse() {
    var hostile = "a\"; DROP TABLE orders; --";
    var grant =
        new Grant(
            grant(UUID.randomUUID(), 1).subject(),
            1,
            ShopDatabase.level(hostile),
            Instant.now().plusSeconds(60),
            new Holder("shop", "'; DROP TABLE orders; --", "orders"));

    assertThatThrownBy(() -> driver.issue(target(), grant))
        .hasMessageContaining("role \"%s\" does not exist".formatted(hostile));
    assertThat(server.query("SELECT to_regclass('orders')::text")).containsExactly("orders");
  }

  @Test
  void aHostileHolderIsATextAndNothingElse() {
    var grant =
        new Grant(
            grant(UUID.randomUUID(), 1).subject(),
            1,
            level(),
            Instant.now().plusSeconds(60),
            new Holder("shop", "'; DROP TABLE orders; --", "orders"));

    driver.issue(target(), grant);
    driver.activate(target(), grant);

    assertThat(server.query("SELECT to_regclass('orders')::text")).containsExactly("orders");
  }

  @Test
  void aRoleWhoseCommentWasEditedIsNotActivated() {
    var grant = grant(UUID.randomUUID(), 1);
    driver.issue(target(), grant);
    server.execute("COMMENT ON ROLE \"%s\" IS 'mine'".formatted(grant.subject().name()));

    assertThatThrownBy(() -> driver.activate(target(), grant))
        .isInstanceOfSatisfying(
            TargetException.class, e -> assertThat(e.reason()).isEqualTo(Reason.Superseded));
  }

  @Test
  void theProbeIsContentWithALeastPrivilegedAdmin() {
    driver.probe(target());
  }

  @Test
  void theProbeNamesTheMissingGroupAndTheStatementThatMakesIt() {
    assertThatThrownBy(() -> driver.probe(shop.target(ShopDatabase.level("absent"))))
        .hasMessage(
            "spec.access[reader].postgresql.roles: there is no role \"absent\":"
                + " CREATE ROLE \"absent\" NOLOGIN");
  }

  @Test
  void aSuperuserAsAdminSuffices() {
    server.execute("ALTER ROLE hallpass_admin SUPERUSER");
    try {
      driver.probe(target());
    } finally {
      server.execute("ALTER ROLE hallpass_admin NOSUPERUSER");
    }
  }

  @Test
  void aWrongAdminPasswordIsNamedAndNotRepeated() {
    assertThatThrownBy(() -> driver.probe(shop.withAdminPassword("hunter2")))
        .isInstanceOfSatisfying(
            TargetException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.AdminSecretUnavailable))
        .hasMessageContaining("password authentication failed for user \"hallpass_admin\"")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void aServerThatIsDownIsUnreachableAndFoundAgainWhenItIsBack() {
    try (var own = PostgresServer.create()) {
      use(own);
      driver.probe(target());

      own.stop();
      assertThatThrownBy(() -> driver.probe(target()))
          .isInstanceOfSatisfying(
              TargetException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.TargetUnreachable));

      own.start();
      driver.probe(target());
    }
  }
}
