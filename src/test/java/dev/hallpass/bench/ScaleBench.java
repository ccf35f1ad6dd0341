package dev.hallpass.bench;

import static dev.hallpass.bench.ScaleScene.versions;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.PostgresServer;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A controller comes to a cluster with many leases: how long until it has done what was due, what
 * memory that takes, and how long until it has ended them all.
 */
@ExtendWith(KubeApi.class)
class ScaleBench {
  private static final int LEASES = Integer.getInteger("hallpass.bench.many", 10_000);
  private static final Duration QUIET = Duration.ofSeconds(30);

  @Test
  void ofManyLeases(KubeApi kube) throws Exception {
    try (var server = PostgresServer.create();
        var scene = new ScaleScene(kube, server)) {
      var bare = BarePostgres.dropping(server, LEASES);
      scene.issue(LEASES);
      scene.fill(LEASES);
      var holders = scene.holders();
      var listed = timed(() -> assertThat(scene.pods()).hasSameSizeAs(scene.leases()));
      var due = holders.subList(0, 1);
      scene.end(due);

      var began = System.nanoTime();
      try (var controller = RunningController.start(kube)) {
        awaitRevoked(scene, due.getFirst());
        add("controller's start to its first lease revoked", since(began), listed);
        nothingElseIsTouched(scene, due.getFirst());
        Figures.add(
            "controller, private memory, beside them",
            controller.privateMemory() + " MiB",
            "",
            "",
            "≤ 256 MiB");
        endAll(scene, server, holders, bare);
        Figures.add(
            "the same after that", controller.privateMemory() + " MiB", "", "", "≤ 256 MiB");
      }
    }
  }

  private static void add(String figure, Duration took, Duration listed) {
    Figures.add(
        "%s, %d leases and pods".formatted(figure, LEASES),
        Figures.seconds(took),
        "both listed once: " + Figures.seconds(listed),
        "",
        "≤ 10 s");
  }

  private static void awaitRevoked(ScaleScene scene, Pod pod) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> scene.leases(pod).allMatch(l -> LeaseJudge.phase(l) == LeasePhase.Revoked));
  }

  private static void nothingElseIsTouched(ScaleScene scene, Pod ended) {
    var pods = versions(scene.pods().stream());
    LockSupport.parkNanos(QUIET.toNanos());
    var leases = scene.leases();
    assertThat(versions(scene.pods().stream())).isEqualTo(pods);
    assertThat(leases)
        .filteredOn(l -> !l.getSpec().pod().uid().equals(ended.getMetadata().getUid()))
        .allMatch(l -> LeaseJudge.phase(l) == LeasePhase.Active);
    Figures.add(
        "leases revoked that should not be, pods written to, after %d s"
            .formatted(QUIET.toSeconds()),
        "0, 0",
        "",
        "",
        "0, 0");
  }

  private static void endAll(
      ScaleScene scene, PostgresServer.Instance server, List<Pod> holders, Duration bare)
      throws Exception {
    var began = System.nanoTime();
    scene.end(holders.subList(1, holders.size()));
    var left = Leftovers.of(server, began);
    Awaitility.await()
        .atMost(Duration.ofMinutes(5))
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> scene.leases().stream().allMatch(l -> LeaseJudge.phase(l) == LeasePhase.Revoked));
    Figures.add(
        "all pods deleted at once, %d leases: last account gone".formatted(LEASES),
        "%s; last login refused %s, last lease Revoked %s"
            .formatted(
                Figures.seconds(left.roles()),
                Figures.seconds(left.logins()),
                Figures.seconds(since(began))),
        "as many bare roles dropped: " + Figures.seconds(bare),
        "",
        "≤ 30 s");
  }

  private static Duration timed(Runnable work) {
    var began = System.nanoTime();
    work.run();
    return since(began);
  }

  private static Duration since(long began) {
    return Duration.ofNanos(System.nanoTime() - began);
  }
}
