package dev.hallpass.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.provider.postgresql.PostgreSqlDriver;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.PostgresServer;
import dev.hallpass.wire.Reason;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A user may change its password, and so lock its own row for as long as it likes: whoever waits
 * for that row must not keep the connections that all pods of the provider share.
 */
@ExtendWith({KubeApi.class, PostgresServer.class})
class LockedRowIT {
  private static final String RENEW = "/v1/leases/renew";
  private static final String WAITING =
      "SELECT count(*) FROM pg_stat_activity"
          + " WHERE usename = 'broker_admin' AND wait_event_type = 'Lock'";

  private final PostgreSqlDriver driver = new PostgreSqlDriver(new SecureRandom());
  private PostgresServer.Instance server;
  private BrokerScene scene;

  @BeforeEach
  void open(KubeApi kube, PostgresServer.Instance postgres) {
    server = postgres;
    scene = new BrokerScene(kube, postgres, driver);
  }

  @AfterEach
  void close() {
    scene.close();
    driver.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/credentials", "/v1/leases/acknowledge", RENEW})
  void aPodThatLocksItsOwnRowAndCallsWithoutEndHoldsOneConnectionAtMost(String path)
      throws Exception {
    var attacker = scene.token(scene.pod("orders-1"));
    var held = scene.issue(attacker);
    scene.acknowledge(attacker, held);
    var neighbour = scene.token(scene.pod("orders-2"));
    var body =
        path.equals("/v1/credentials") ? BrokerScene.asks("db", "db") : BrokerScene.names(held);

    try (var locking = scene.locking(held);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var calls = new ArrayList<Future<Integer>>();
      for (var i = 0; i < 40; i++) {
        calls.add(threads.submit(() -> scene.post(path, attacker, body).statusCode()));
      }
      var served = threads.submit(() -> scene.issue(neighbour));
      assertThat(mostThatWait(calls)).isLessThanOrEqualTo(1);
      scene.acknowledge(neighbour, served.get());
      locking.rollback();
    }

    assertThat(scene.admits(held)).isTrue();
  }

  @Test
  void whatIsActiveIsAcknowledgedThoughItsRowIsLocked() throws Exception {
    var token = scene.token(scene.pod("orders-1"));
    var held = scene.issue(token);
    scene.acknowledge(token, held);

    try (var locking = scene.locking(held)) {
      scene.acknowledge(token, held);
      assertThat(scene.reason(RENEW, token, BrokerScene.names(held))).isEqualTo(Reason.LeaseBusy);
      locking.rollback();
    }

    scene.renew(token, held);
  }

  private long mostThatWait(List<Future<Integer>> calls) {
    var most = 0L;
    while (!calls.stream().allMatch(Future::isDone)) {
      most = Math.max(most, Long.parseLong(server.query(WAITING).getFirst()));
    }
    return most;
  }
}
