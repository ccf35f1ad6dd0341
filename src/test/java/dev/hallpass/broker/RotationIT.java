package dev.hallpass.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.kube.LiveCatalog;
import dev.hallpass.lease.AdminTargets;
import dev.hallpass.lease.LeaseStore;
import dev.hallpass.lease.Revocation;
import dev.hallpass.lease.Verdict;
import dev.hallpass.provider.Drivers;
import dev.hallpass.provider.Targets;
import dev.hallpass.provider.postgresql.PostgreSqlDriver;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.PostgresServer;
import dev.hallpass.wire.Codec;
import dev.hallpass.wire.IssueAnswer;
import dev.hallpass.wire.IssueRequest;
import dev.hallpass.wire.LeaseCall;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.AgroalSecurityProvider;
import java.io.IOException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A connection pool, as apps have one, that works through rotations without an error. */
@ExtendWith({KubeApi.class, PostgresServer.class})
class RotationIT {
  private final PostgreSqlDriver driver = new PostgreSqlDriver(new SecureRandom());
  private final AtomicReference<Properties> login = new AtomicReference<>();
  private final AtomicLong queries = new AtomicLong();
  private final Queue<SQLException> errors = new ConcurrentLinkedQueue<>();
  private PostgresServer.Instance postgres;
  private BrokerScene scene;
  private String token;

  @BeforeEach
  void open(KubeApi kube, PostgresServer.Instance server) {
    postgres = server;
    scene = new BrokerScene(kube, server, driver);
    token = scene.token(scene.pod("orders-1"));
  }

  @AfterEach
  void close() {
    scene.close();
    driver.close();
  }

  @Test
  void aPoolLivesThroughRotations() throws Exception {
    var held = scene.issue(token);
    scene.acknowledge(token, held);
    login.set(login(held));
    var over = new AtomicBoolean();
    try (var pool = pool()) {
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (var i = 0; i < 4; i++) {
          var _ = threads.submit(() -> query(pool, over));
        }
        for (var rotation = 1; rotation <= 3; rotation++) {
          var old = login.get().getProperty("user");
          held = rotate(held);
          // One more connection may be on its way with the old login.
          await().during(Duration.ofSeconds(1)).until(() -> sessions(old) == 0);
          var before = queries.get();
          revokeOldest();
          await().until(() -> queries.get() > before + 100);
          assertThat(scene.canLogIn(old)).isFalse();
        }
        over.set(true);
      }
    }
    assertThat(errors).isEmpty();
  }

  private IssueAnswer rotate(IssueAnswer held) throws IOException {
    var body =
        Codec.encode(new IssueRequest("db", "db", new LeaseCall(held.lease(), held.epoch()), null));
    var answer = scene.post("/v1/credentials", token, body);
    assertThat(answer.statusCode()).isEqualTo(200);
    var fresh = Codec.issueAnswer(answer.body());
    assertThat(fresh.lease()).isNotEqualTo(held.lease());
    scene.acknowledge(token, fresh);
    var next = login(fresh);
    login.set(next);
    // The pool logs in one at a time: then nobody is on the way with the old login any more.
    await().until(() -> sessions(next.getProperty("user")) > 0);
    return fresh;
  }

  /** What the controller does at the end of the overlap. */
  private void revokeOldest() {
    var client = scene.kube().client();
    var targets =
        new AdminTargets(
            new LiveCatalog(client, "hallpass-system"), new Targets(client, "hallpass-system"));
    var revocation =
        new Revocation(
            new LeaseStore(client),
            targets,
            new Drivers(List.of(driver)),
            scene.audit(),
            BrokerScene.INSTALLATION,
            Clock.systemUTC());
    var lease =
        scene.leases().stream()
            .filter(l -> l.getStatus().revokedAt() == null)
            .min((a, b) -> a.getMetadata().getName().compareTo(b.getMetadata().getName()))
            .orElseThrow();
    var ending = revocation.begin(lease, new Verdict.End(EndedBy.Superseded, "test")).orElseThrow();
    assertThat(revocation.attempt(ending)).isInstanceOf(Revocation.Outcome.Done.class);
  }

  private int sessions(String user) {
    return postgres
        .query("SELECT pid::text FROM pg_stat_activity WHERE usename = '%s'".formatted(user))
        .size();
  }

  private static Properties login(IssueAnswer issued) throws IOException {
    var json = new ObjectMapper().readTree(issued.files().getFirst().content().reveal());
    var login = new Properties();
    login.setProperty("user", json.get("username").asText());
    login.setProperty("password", json.get("password").asText());
    return login;
  }

  private void query(AgroalDataSource pool, AtomicBoolean over) {
    while (!over.get()) {
      try (var connection = pool.getConnection();
          var statement = connection.createStatement()) {
        statement.execute("SELECT 1");
        queries.incrementAndGet();
      } catch (SQLException e) {
        errors.add(e);
      }
    }
  }

  /** Each new connection takes the login that holds now, and none gets old. */
  private AgroalDataSource pool() throws SQLException {
    AgroalSecurityProvider current = credential -> credential == login ? login.get() : null;
    return AgroalDataSource.from(
        new AgroalDataSourceConfigurationSupplier()
            .connectionPoolConfiguration(
                pool ->
                    pool.maxSize(4)
                        .maxLifetime(Duration.ofMillis(500))
                        .acquisitionTimeout(Duration.ofSeconds(30))
                        .connectionFactoryConfiguration(
                            factory ->
                                factory
                                    .jdbcUrl(
                                        "jdbc:postgresql://127.0.0.1:%d/postgres"
                                            .formatted(postgres.port()))
                                    .addSecurityProvider(current)
                                    .credential(login))));
  }
}
