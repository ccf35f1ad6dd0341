package dev.hallpass.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.kube.Conditions;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** What nobody else can stand meanwhile: Hallpass or a node is taken away. */
@Isolated
@ExtendWith(HallpassCluster.class)
class OutagesE2E {

  @Test
  void whatEndsWhileTheControllerIsDownIsRevokedOnceItIsBack(Scene scene) {
    var deleted = scene.served("reader");
    var login = scene.login(deleted);
    var forced = scene.served("holder");
    var held = scene.login(forced);
    Pod completed;

    scaleController(scene, 0);
    try {
      scene.apply("report.yaml");
      completed = scene.firstPod("report");
      scene.scale("reader", 0);
      scene.scale("holder", 0);
      scene.client().pods().resource(forced).withGracePeriod(0).delete();
      await("the pods are gone, and the job is done")
          .atMost(Duration.ofSeconds(90))
          .until(
              () ->
                  scene.client().pods().resource(deleted).get() == null
                      && scene.client().pods().resource(forced).get() == null
                      && "Succeeded"
                          .equals(
                              scene
                                  .client()
                                  .pods()
                                  .resource(completed)
                                  .get()
                                  .getStatus()
                                  .getPhase()));
      assertThat(scene.database().exists(login.username())).isTrue();
    } finally {
      scaleController(scene, 2);
    }

    scene.assertEnded(deleted, login, EndedBy.PodDeleted);
    scene.assertEnded(forced, held, EndedBy.PodDeleted);
    var lease = scene.awaitRevoked(completed, Duration.ofSeconds(60));
    assertThat(lease.getStatus().endedBy()).isEqualTo(EndedBy.PodCompleted);
    assertThat(scene.database().exists(lease.getStatus().subject())).isFalse();
  }

  /** And where two have a reason to end a lease, the first of them is named. */
  @Test
  void whatIsTakenBackWhileTheControllerIsDownIsRevokedOnceItIsBack(Scene scene) {
    var reader = scene.served("reader");
    var login = scene.login(reader);
    var holder = scene.served("holder");
    var held = scene.login(holder);

    scaleController(scene, 0);
    try {
      scene.annotate(holder, HallpassApi.REVOKE_ANNOTATION, "incident 7");
      scene
          .client()
          .resource(scene.request())
          .patch(
              PatchContext.of(PatchType.JSON),
              """
              [{"op": "replace", "path": "/spec/credentials/0/access", "value": "auditor"}]""");
      assertThat(scene.database().admits(login.username(), login.password())).isTrue();
    } finally {
      scaleController(scene, 2);
    }

    scene.assertEnded(reader, login, EndedBy.RequestChanged);
    scene.assertEnded(holder, held, EndedBy.Requested);
  }

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
    assertThat(scene.leases()).hasSize(8);
    assertThat(scene.database().minted(scene.namespace())).hasSize(8);

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

  private static void scaleController(Scene scene, int replicas) {
    var controller =
        scene
            .client()
            .apps()
            .deployments()
            .inNamespace(Scene.SYSTEM_NAMESPACE)
            .withName("hallpass-controller");
    controller.scale(replicas);
    await("%d controllers".formatted(replicas))
        .atMost(Duration.ofMinutes(2))
        .until(
            () ->
                scene
                        .client()
                        .pods()
                        .inNamespace(Scene.SYSTEM_NAMESPACE)
                        .withLabel("app.kubernetes.io/component", "controller")
                        .list()
                        .getItems()
                        .size()
                    == replicas);
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
