package dev.hallpass.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.kube.Conditions;
import dev.hallpass.lease.LeaseJudge;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * What nobody else can stand meanwhile: a broker, a target or a node is taken away. For the
 * controller see {@link ControllerDownE2E}.
 */
@Isolated
@ExtendWith(HallpassCluster.class)
class OutagesE2E {

  /** Nothing is dropped while a target hangs, and all is done once it answers. */
  @Test
  void whatEndsWhileTheTargetHangsIsRevokedOnceItAnswers(Scene scene) {
    var pod = scene.served("reader");
    var login = scene.login(pod);

    scene.database().hang();
    try {
      scene.client().pods().resource(pod).withGracePeriod(0).delete();

      var lease =
          scene.awaitLease(
              pod,
              Duration.ofMinutes(2),
              s -> Conditions.holds(s.conditions(), Conditions.REVOCATION_FAILED));
      assertThat(lease.getStatus().phase()).isEqualTo(LeasePhase.Revoking);
    } finally {
      scene.database().goOn();
    }

    scene.assertEnded(pod, login, EndedBy.PodDeleted);
  }

  /** Brokers die again and again while pods ask: whatever was minted has a lease, and ends. */
  @Test
  void aBrokerKilledInTheMiddleLeavesNothingOrphaned(Scene scene) {
    scene.apply("reader.yaml");
    scene.awaitRunning("reader");
    scene.scale("reader", 8);
    for (var round = 0; round < 3; round++) {
      var issued = scene.leases().size();
      await("another pod asked")
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(20))
          .atMost(Duration.ofSeconds(60))
          .until(() -> scene.leases().size() > issued || scene.leases().size() == 8);
      killBrokers(scene);
    }

    await("every pod is ready at last")
        .atMost(Duration.ofMinutes(3))
        .until(
            () ->
                scene
                    .client()
                    .apps()
                    .deployments()
                    .inNamespace(scene.namespace())
                    .withName("reader")
                    .get()
                    .getStatus()
                    .getReadyReplicas(),
            Integer.valueOf(8)::equals);
    await("each has one account, which has a lease")
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(scene.database().minted(scene.namespace()))
                    .hasSize(8)
                    .containsExactlyInAnyOrderElementsOf(
                        scene.leases().stream()
                            .filter(l -> !LeaseJudge.over(l))
                            .map(l -> l.getStatus().subject())
                            .toList()));

    scene.scale("reader", 0);

    await("nothing minted is left")
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(scene.database().minted(scene.namespace())).isEmpty());
  }

  @Test
  void theUsersOfALostNodeAreRevokedAfterTheGraceTime(Scene scene) {
    scene.apply("reader.yaml");
    var pod = scene.awaitRunning("reader");
    scene.awaitActive(pod);
    var login = scene.login(pod);
    var node = pod.getSpec().getNodeName();

    Host.run("docker", "kill", node);
    try {
      var lease = scene.awaitRevoked(pod, Duration.ofMinutes(3));

      assertThat(lease.getStatus().endedBy()).isIn(EndedBy.NodeLost, EndedBy.PodDeleted);
      assertThat(scene.database().admits(login.username(), login.password())).isFalse();
    } finally {
      Host.run("docker", "start", node);
      scene.client().nodes().withName(node).waitUntilReady(2, TimeUnit.MINUTES);
    }
  }

  /** Its pods still run, but nobody can know. */
  @Test
  void theUsersOfAPausedNodeAreRevokedAfterTheGraceTime(Scene scene) {
    var pod = scene.served("reader");
    var login = scene.login(pod);
    var node = pod.getSpec().getNodeName();

    Host.run("docker", "pause", node);
    try {
      var lease = scene.awaitRevoked(pod, Duration.ofMinutes(3));

      assertThat(lease.getStatus().endedBy()).isIn(EndedBy.NodeLost, EndedBy.PodDeleted);
      scene.assertGone(login);
    } finally {
      Host.run("docker", "unpause", node);
      scene.client().nodes().withName(node).waitUntilReady(2, TimeUnit.MINUTES);
    }
  }

  private static void killBrokers(Scene scene) {
    scene
        .client()
        .pods()
        .inNamespace(Scene.SYSTEM_NAMESPACE)
        .withLabel("app.kubernetes.io/component", "broker")
        .withGracePeriod(0)
        .delete();
  }
}
