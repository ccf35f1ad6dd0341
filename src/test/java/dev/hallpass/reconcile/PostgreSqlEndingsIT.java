package dev.hallpass.reconcile;

import static dev.hallpass.reconcile.ControllerScene.INSTALLATION;
import static dev.hallpass.reconcile.ControllerScene.account;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.SecretRef;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.api.v1alpha1.PostgreSql;
import dev.hallpass.api.v1alpha1.PostgreSql.Tls;
import dev.hallpass.api.v1alpha1.PostgreSql.TlsMode;
import dev.hallpass.api.v1alpha1.PostgreSqlAccess;
import dev.hallpass.kube.Conditions;
import dev.hallpass.provider.Grant;
import dev.hallpass.provider.Holder;
import dev.hallpass.provider.Material;
import dev.hallpass.provider.Subject;
import dev.hallpass.provider.Target;
import dev.hallpass.provider.postgresql.PostgreSqlDriver;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.PostgresServer;
import dev.hallpass.wire.Secret;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The ends that matter most, with a real server. */
@ExtendWith(KubeApi.class)
class PostgreSqlEndingsIT {
  private static final String PASSWORD = "loopback-test-admin";
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final AccessLevel READER =
      new AccessLevel("reader", "1h", "24h", new PostgreSqlAccess(List.of("orders_reader")), null);

  private final PostgreSqlDriver driver = new PostgreSqlDriver(new SecureRandom());
  private final PostgresServer.Instance server = PostgresServer.create();
  private ControllerScene scene;

  @BeforeEach
  void setUp(KubeApi api) {
    server.execute(
        "CREATE ROLE hallpass_admin LOGIN CREATEROLE PASSWORD '%s'".formatted(PASSWORD),
        "CREATE ROLE orders_reader NOLOGIN",
        "GRANT pg_signal_backend TO hallpass_admin",
        "GRANT orders_reader TO hallpass_admin WITH ADMIN OPTION",
        "CREATE TABLE orders (id int)",
        "GRANT SELECT ON orders TO orders_reader");
    scene =
        new ControllerScene(
            api, driver, new ControllerScene.Access(server.port(), "hallpass_admin", PASSWORD));
  }

  @AfterEach
  void tearDown() {
    scene.close();
    driver.close();
    server.close();
  }

  private Material mint(Subject subject) {
    var grant =
        new Grant(
            subject,
            1,
            READER,
            Instant.now().plusSeconds(900),
            new Holder("shop", "pod", "orders"));
    var material = driver.issue(target(), grant);
    driver.activate(target(), grant);
    return material;
  }

  private Target target() {
    return new Target(
        "test",
        new CredentialProviderSpec(
            new PostgreSql(
                "127.0.0.1",
                server.port(),
                "postgres",
                new SecretRef("admin"),
                new Tls(TlsMode.Disable, null)),
            null,
            null,
            List.of(READER)),
        Map.of("username", Secret.of("hallpass_admin"), "password", Secret.of(PASSWORD)));
  }

  private static Subject subject(CredentialLease lease) {
    return Subject.parse(INSTALLATION, account(lease)).orElseThrow();
  }

  private List<String> roles() {
    return server.query("SELECT rolname FROM pg_roles WHERE rolname LIKE 'hp\\_%'");
  }

  @Test
  void killsOpenSessionsWithinASecond() throws SQLException {
    scene.leading();
    var lease = scene.active(scene.pod("busy"));
    var material = mint(subject(lease));
    var user = material.get("username").reveal();
    var password = material.get("password").reveal();
    try (var session = server.connect(user, password);
        var statement = session.createStatement()) {
      session.setAutoCommit(false);
      statement.execute("SELECT * FROM orders");

      scene.forceDeletePod("busy");

      scene.revoked(lease, SOON);
      assertThatThrownBy(() -> statement.execute("SELECT * FROM orders"))
          .isInstanceOf(SQLException.class);
    }
    assertThat(server.admits(user, password)).isFalse();
    assertThat(roles()).isEmpty();
  }

  @Test
  void neverDropsWhatADeadServerDidNotConfirm() {
    scene.leading();
    var lease = scene.active(scene.pod("unlucky"));
    mint(subject(lease));
    server.stop();

    scene.forceDeletePod("unlucky");

    await()
        .atMost(SOON)
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(scene.condition(lease, Conditions.REVOCATION_FAILED).getReason())
                    .isEqualTo("TargetUnreachable"));
    assertThat(scene.phase(lease)).isEqualTo(LeasePhase.Revoking);
    server.start();
    scene.revoked(lease, SOON);
    assertThat(roles()).isEmpty();
  }

  @Test
  void whatExpiresWhileTheServerIsDownIsRevokedWhenItIsBack() {
    scene.leading();
    var leases = IntStream.range(0, 20).mapToObj(i -> scene.active(scene.pod("due-" + i))).toList();
    leases.forEach(l -> mint(subject(l)));
    server.stop();

    leases.forEach(scene::expire);

    await()
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(
            () ->
                assertThat(leases)
                    .allSatisfy(
                        l ->
                            assertThat(
                                    Conditions.find(
                                        scene.now(l).getStatus().conditions(),
                                        Conditions.REVOCATION_FAILED))
                                .isPresent()));
    assertThat(leases).allMatch(l -> scene.phase(l) == LeasePhase.Revoking);

    server.start();

    for (var lease : leases) {
      assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.Expired);
    }
    assertThat(roles()).isEmpty();
  }

  @Test
  void sweepsOrphansAndSparesOthers() {
    var lease = scene.active(scene.pod("living"));
    mint(subject(lease));
    mint(new Subject(INSTALLATION, UUID.randomUUID()));
    var foreign = new Subject("ffffffff", UUID.randomUUID());
    mint(foreign);

    scene.leading();

    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(roles()).containsExactlyInAnyOrder(account(lease), foreign.name()));
  }

  @Test
  void revokesManyAtOnceWithoutAFailure() {
    scene.leading();
    var leases =
        IntStream.range(0, 60).mapToObj(i -> scene.active(scene.pod("many-" + i))).toList();
    leases.forEach(l -> mint(subject(l)));

    IntStream.range(0, 60).forEach(i -> scene.forceDeletePod("many-" + i));

    for (var lease : leases) {
      var status = scene.revoked(lease, SOON);
      assertThat(Conditions.find(status.conditions(), Conditions.REVOCATION_FAILED)).isEmpty();
    }
    assertThat(roles()).isEmpty();
  }
}
