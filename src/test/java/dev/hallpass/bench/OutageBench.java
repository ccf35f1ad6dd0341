package dev.hallpass.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.PostgresServer;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * PostgreSQL is stopped, all its leases run out meanwhile, and it comes back: how long until their
 * accounts are gone. The accounts themselves would last an hour, so that nothing but the controller
 * ends them. Leases of another server are ended before and in the middle of it.
 */
@ExtendWith(KubeApi.class)
class OutageBench {
  private static final int LEASES = Integer.getInteger("hallpass.bench.leases", 1000);
  private static final Duration DOWN =
      Duration.ofMinutes(Integer.getInteger("hallpass.bench.minutes", 10));
  private static final int ELSEWHERE = 20;
  private static final Duration UNTIL_DUE = Duration.ofSeconds(40);

  @Test
  void untilAllIsRevoked(KubeApi kube) throws Exception {
    try (var server = PostgresServer.create();
        var elsewhere = PostgresServer.create();
        var scene = new OutageScene(kube, server, elsewhere)) {
      var bare = BarePostgres.dropping(server, LEASES);
      scene.issue(LEASES, 2 * ELSEWHERE);
      scene.leave();
      var before = scene.endElsewhere(ELSEWHERE);
      var heapBefore = heap();

      var due = Instant.now().plus(UNTIL_DUE);
      scene.expireAt(due);
      server.stop();
      var stopped = System.nanoTime();
      assertThat(Instant.now()).as("the server is down before anything expires").isBefore(due);

      sleepUntil(stopped + DOWN.dividedBy(2).toNanos());
      var meanwhile = scene.endElsewhere(ELSEWHERE);
      sleepUntil(stopped + DOWN.toNanos());
      var attempts = scene.failures();
      var heapAfter = heap();
      assertThat(scene.leases())
          .hasSize(LEASES)
          .allMatch(l -> LeaseJudge.phase(l) == LeasePhase.Revoking);

      var back = Instant.now();
      var began = System.nanoTime();
      server.start();
      var left = Leftovers.of(server, began);
      var revoked = revoked(scene);

      nothingIsLost(scene, revoked);
      Figures.add(
          "PostgreSQL back after %d min, %d leases expired: last account gone"
              .formatted(DOWN.toMinutes(), LEASES),
          "%s; last login refused %s, last lease Revoked %s"
              .formatted(
                  Figures.seconds(left.roles()),
                  Figures.seconds(left.logins()),
                  Figures.seconds(Duration.between(back, last(revoked)))),
          "as many bare roles dropped: " + Figures.seconds(bare),
          "",
          "≤ 30 s");
      Figures.add("abandoned leases, accounts left, orphans swept", "0, 0, 0", "", "", "0, 0, 0");
      Figures.add(
          "attempts to revoke meanwhile",
          "%d, %.1f for a lease".formatted(attempts, (double) attempts / LEASES),
          "the most that back-off allows: %d for a lease".formatted(Attempts.most(DOWN)),
          "",
          "");
      Figures.add(
          "lease of another server deleted meanwhile, to its account gone",
          Figures.latency(meanwhile),
          "before: " + Figures.latency(before),
          "added " + Figures.added(meanwhile, before),
          "");
      Figures.add(
          "heap of the controller, and of what measures, at the end of it",
          heapAfter + " MiB",
          "before: %d MiB".formatted(heapBefore),
          "",
          "");
      assertThat(attempts).isBetween((long) LEASES, (long) LEASES * Attempts.most(DOWN));
    }
  }

  private static List<CredentialLease> revoked(OutageScene scene) {
    return Awaitility.await()
        .atMost(Duration.ofMinutes(5))
        .pollInterval(Duration.ofMillis(500))
        .ignoreExceptionsInstanceOf(KubernetesClientException.class)
        .until(
            scene::leases,
            leases -> leases.stream().allMatch(l -> LeaseJudge.phase(l) == LeasePhase.Revoked));
  }

  private static void nothingIsLost(OutageScene scene, List<CredentialLease> revoked) {
    assertThat(revoked).hasSize(LEASES).allMatch(l -> l.getStatus().endedBy() == EndedBy.Expired);
    assertThat(scene.admitted()).isZero();
    assertThat(scene.orphans()).isZero();
    assertThat(scene.led()).isTrue();
  }

  private static Instant last(List<CredentialLease> revoked) {
    return Collections.max(
        revoked.stream().map(l -> Instant.parse(l.getStatus().revokedAt())).toList());
  }

  /** Used after a collection, in MiB. */
  private static long heap() {
    var memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed() >> 20;
  }

  private static void sleepUntil(long moment) {
    for (var left = moment - System.nanoTime(); left > 0; left = moment - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
