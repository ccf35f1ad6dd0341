package dev.hallpass.bench;

import dev.hallpass.broker.BrokerScene;
import dev.hallpass.provider.postgresql.PostgreSqlDriver;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.PostgresServer;
import java.security.SecureRandom;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * From a pod's first call until its account can log in: TokenReview, pod, request, decision, lease,
 * role, acknowledgement, activation. The calls come without TLS, over connections that are kept.
 */
@ExtendWith({KubeApi.class, PostgresServer.class})
class PostgresIssueBench {
  private static final int WORKERS = 10;
  private static final int PER_SECOND = 20;
  private static final int ROUNDS = 3;
  private static final Duration WARM_UP = Duration.ofSeconds(8);

  /** More than two cores have ever done. */
  private static final int MOST_PER_SECOND = 200;

  private static final Duration ROUND =
      Duration.ofSeconds(Math.ceilDiv(Integer.getInteger("hallpass.bench.seconds", 60), ROUNDS));

  @Test
  void issuesPerSecondAndLatency(KubeApi kube, PostgresServer.Instance postgres) throws Exception {
    try (var driver = new PostgreSqlDriver(new SecureRandom());
        var bare = new BarePostgres(postgres)) {
      var scene = new BrokerScene(kube, postgres, driver);
      try {
        measure(scene, bare);
      } finally {
        scene.stop();
      }
    }
  }

  private static void measure(BrokerScene scene, BarePostgres bare) {
    var tickets = new Tickets(scene);
    var caller = new Caller(scene);
    var hallpassLoad = new Load(() -> caller.issue(tickets.next()));
    var bareLoad = new Load(bare::once);
    prepare(tickets, WARM_UP, MOST_PER_SECOND);
    var first = new Caller(scene);
    new Load(() -> first.issue(tickets.next())).workers(WORKERS, WARM_UP);
    bareLoad.workers(WORKERS, WARM_UP);

    var paced = paced(tickets, hallpassLoad);
    var barePaced = bareLoad.paced(PER_SECOND, ROUND);
    var pacedTurnedAway = caller.turnedAway();
    prepare(tickets, ROUND.multipliedBy(ROUNDS), MOST_PER_SECOND);
    var hallpass = hallpassLoad.workers(WORKERS, ROUND);
    var baseline = bareLoad.workers(WORKERS, ROUND);
    for (var round = 1; round < ROUNDS; round++) {
      hallpass = hallpass.and(hallpassLoad.workers(WORKERS, ROUND));
      baseline = baseline.and(bareLoad.workers(WORKERS, ROUND));
    }
    var turnedAway = caller.turnedAway();
    var pacedWithMany = paced(tickets, hallpassLoad);

    Figures.add(
        "PostgreSQL issue, full path, 10 workers",
        Figures.rate(hallpass) + turnedAway(turnedAway),
        "the same roles bare: " + Figures.rate(baseline),
        Figures.share(hallpass, baseline) + " of bare",
        "≥ 120/s");
    Figures.add(
        "PostgreSQL issue latency at 20/s",
        Figures.latency(paced) + turnedAway(pacedTurnedAway),
        "the same roles bare: " + Figures.latency(barePaced),
        "added " + Figures.added(paced, barePaced),
        "p99 ≤ 60 ms");
    Figures.add(
        "the same beside %d leases".formatted(scene.leases().size()),
        Figures.latency(pacedWithMany) + turnedAway(caller.turnedAway()),
        "as above",
        "added " + Figures.added(pacedWithMany, barePaced),
        "p99 ≤ 60 ms");
  }

  private static String turnedAway(long calls) {
    return calls == 0 ? "" : ", %d calls made again".formatted(calls);
  }

  private static Sample paced(Tickets tickets, Load load) {
    prepare(tickets, ROUND, PER_SECOND);
    return load.paced(PER_SECOND, ROUND);
  }

  private static void prepare(Tickets tickets, Duration duration, int perSecond) {
    tickets.prepare((int) duration.toSeconds() * perSecond);
  }
}
