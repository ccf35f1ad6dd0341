package dev.hallpass.bench;

import dev.hallpass.api.v1alpha1.Delivery.Format;
import dev.hallpass.broker.BrokerScene;
import dev.hallpass.provider.postgresql.PostgreSqlDriver;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.PostgresServer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * From a pod's first call until its account can log in: TokenReview, pod, request, decision, lease,
 * role, acknowledgement, activation. The calls come without TLS, over connections that are kept.
 * What is compared is measured in turns.
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
    var peer = Peer.start(postgres);
    try (var driver = new PostgreSqlDriver(new SecureRandom());
        var bare = new BarePostgres(postgres)) {
      var scene = new BrokerScene(kube, postgres, driver);
      scene.postgresProvider("cheap", 1);
      try {
        measure(scene, bare, peer);
      } finally {
        scene.stop();
        peer.ifPresent(Peer::close);
      }
    }
  }

  private static void measure(BrokerScene scene, BarePostgres bare, Optional<Peer> peer) {
    var tickets = new Tickets(scene, "pg", "reader", Format.Json);
    var cheapTickets = new Tickets(scene, "cheap", "reader", Format.Json);
    var caller = new Caller(scene);
    var load = new Load(() -> caller.issue(tickets.next()));
    var cheapLoad = new Load(() -> caller.issue(cheapTickets.next()));
    var bareLoad = new Load(bare::once);
    prepare(tickets, WARM_UP, MOST_PER_SECOND);
    load.workers(WORKERS, WARM_UP);
    bareLoad.workers(WORKERS, WARM_UP);
    caller.turnedAway();

    var paced = paced(tickets, load);
    var barePaced = bareLoad.paced(PER_SECOND, ROUND);
    var pacedTurnedAway = caller.turnedAway();
    var hallpass = round(tickets, load);
    var baseline = Measured.of(bareLoad, WORKERS, ROUND);
    var cheap = round(cheapTickets, cheapLoad);
    var peerLoad = peer.map(p -> new Load(p::once));
    var peers = peerLoad.map(l -> Measured.of(l, WORKERS, ROUND));
    for (var round = 1; round < ROUNDS; round++) {
      hallpass = hallpass.and(round(tickets, load));
      baseline = baseline.and(Measured.of(bareLoad, WORKERS, ROUND));
      cheap = cheap.and(round(cheapTickets, cheapLoad));
      peers = peers.map(p -> p.and(Measured.of(peerLoad.orElseThrow(), WORKERS, ROUND)));
    }
    var turnedAway = caller.turnedAway();
    var pacedWithMany = paced(tickets, load);

    if (peers.isPresent()) {
      compare(hallpass, peer.orElseThrow().version(), peers.get());
    }
    Figures.add(
        "PostgreSQL issue, full path, 10 workers",
        Figures.rate(hallpass.sample()) + turnedAway(turnedAway),
        "the same roles bare: " + Figures.rate(baseline.sample()),
        Figures.share(hallpass.sample(), baseline.sample()) + " of bare",
        "≥ 120/s");
    Figures.add(
        "CPU time of one such issue", hallpass.cpuEach(), "bare: " + baseline.cpuEach(), "", "");
    Figures.add(
        "the same with verifiers of 1 iteration",
        Figures.rate(cheap.sample()),
        "with 4,096: " + Figures.rate(hallpass.sample()),
        Figures.share(cheap.sample(), hallpass.sample()) + " of that",
        "≥ 400/s");
    Figures.add("CPU time of one with 1 iteration", cheap.cpuEach(), hallpass.cpuEach(), "", "");
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

  private static void compare(Measured hallpass, String version, Measured peer) {
    Figures.add(
        "PostgreSQL issue beside the peer, version " + version,
        Figures.rate(hallpass.sample()),
        "the peer: %s; CPU time of one: %s".formatted(Figures.rate(peer.sample()), peer.cpuEach()),
        Figures.share(hallpass.sample(), peer.sample()) + " of the peer",
        "≥ 200 % of the peer");
  }

  private static String turnedAway(long calls) {
    return calls == 0 ? "" : ", %d calls made again".formatted(calls);
  }

  private static Measured round(Tickets tickets, Load load) {
    prepare(tickets, ROUND, MOST_PER_SECOND);
    return Measured.of(load, WORKERS, ROUND);
  }

  private static Sample paced(Tickets tickets, Load load) {
    prepare(tickets, ROUND, PER_SECOND);
    return load.paced(PER_SECOND, ROUND);
  }

  private static void prepare(Tickets tickets, Duration duration, int perSecond) {
    tickets.prepare((int) duration.toSeconds() * perSecond);
  }
}
