package dev.hallpass.bench;

import dev.hallpass.api.v1alpha1.Delivery.Format;
import dev.hallpass.broker.BrokerScene;
import dev.hallpass.provider.postgresql.PostgreSqlDriver;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.PostgresServer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What policies add to the issue of a PostgreSQL credential: each issue is two decisions. */
@ExtendWith({KubeApi.class, PostgresServer.class})
class PolicyIssueBench {
  private static final int PER_SECOND = 20;
  private static final List<Integer> COUNTS = List.of(0, 10, 100);
  private static final Duration ROUND =
      Duration.ofSeconds(
          Math.ceilDiv(Integer.getInteger("hallpass.bench.seconds", 60), COUNTS.size()));

  @Test
  void issueLatency(KubeApi kube, PostgresServer.Instance postgres) throws Exception {
    try (var driver = new PostgreSqlDriver(new SecureRandom())) {
      var scene = new BrokerScene(kube, postgres, driver);
      try {
        measure(scene);
      } finally {
        scene.close();
      }
    }
  }

  private static void measure(BrokerScene scene) {
    var tickets = new Tickets(scene, "pg", "reader", Format.Json);
    var caller = new Caller(scene);
    var load = new Load(() -> caller.issue(tickets.next()));
    paced(tickets, load);
    var made = 0;
    Sample without = null;
    for (var count : COUNTS) {
      for (; made < count; made++) {
        scene.policy("bench-" + made, PolicyBench.DEMANDS);
      }
      var with = paced(tickets, load);
      if (without == null) {
        without = with;
        continue;
      }
      Figures.add(
          "PostgreSQL issue latency at %d/s beside %d policies".formatted(PER_SECOND, count),
          Figures.latency(with),
          "beside none: " + Figures.latency(without),
          "added " + Figures.added(with, without),
          "");
    }
  }

  private static Sample paced(Tickets tickets, Load load) {
    tickets.prepare((int) ROUND.toSeconds() * PER_SECOND);
    return load.paced(PER_SECOND, ROUND);
  }
}
