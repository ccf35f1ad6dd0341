package dev.hallpass.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.EndedBy;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Every way in which Kubernetes ends a pod. */
@ExtendWith(HallpassCluster.class)
class PodEndingsE2E {
  /** A pod that must be on one node cannot wait for another test to open it again. */
  private static final String SCHEDULING = "scheduling";

  @Test
  void deleted(Scene scene) {
    var pod = scene.served("reader");
    var login = scene.login(pod);

    scene.client().pods().resource(pod).delete();

    scene.assertEnded(pod, login, EndedBy.PodDeleted);
  }

  @Test
  void forceDeleted(Scene scene) {
    var pod = scene.served("reader");
    var login = scene.login(pod);

    scene.client().pods().resource(pod).withGracePeriod(0).delete();

    scene.assertEnded(pod, login, EndedBy.PodDeleted);
  }

  @Test
  void evicted(Scene scene) {
    var pod = scene.served("reader");
    var login = scene.login(pod);

    assertThat(scene.client().pods().resource(pod).evict()).isTrue();

    scene.assertEnded(pod, login, EndedBy.PodDeleted);
  }

  @Test
  @ResourceLock(SCHEDULING)
  void drained(Scene scene) {
    var pod = scene.served("reader");
    var login = scene.login(pod);
    var node = scene.client().nodes().withName(pod.getSpec().getNodeName());

    unschedulable(node, true);
    try {
      assertThat(scene.client().pods().resource(pod).evict()).isTrue();

      scene.assertEnded(pod, login, EndedBy.PodDeleted);
      assertThat(scene.awaitRunning("reader").getSpec().getNodeName())
          .isNotEqualTo(pod.getSpec().getNodeName());
    } finally {
      unschedulable(node, false);
    }
  }

  @Test
  void scaledToZero(Scene scene) {
    var pod = scene.served("reader");
    var login = scene.login(pod);

    scene.scale("reader", 0);

    scene.assertEnded(pod, login, EndedBy.PodDeleted);
  }

  @Test
  void rolled(Scene scene) {
    var pod = scene.served("reader");
    var login = scene.login(pod);

    scene
        .client()
        .apps()
        .deployments()
        .inNamespace(scene.namespace())
        .withName("reader")
        .rolling()
        .restart();

    scene.assertEnded(pod, login, EndedBy.PodDeleted);
    var next = scene.login(scene.awaitRunning("reader"));
    assertThat(next.username()).isNotEqualTo(login.username());
    assertThat(scene.database().admits(next.username(), next.password())).isTrue();
  }

  @Test
  void ofAFailedJob(Scene scene) {
    scene.apply("failing-job.yaml");
    var pod = scene.firstPod("failing");

    var lease = scene.awaitRevoked(pod, Duration.ofMinutes(3));

    assertThat(lease.getStatus().endedBy()).isEqualTo(EndedBy.PodCompleted);
    assertThat(scene.database().exists(lease.getStatus().subject())).isFalse();
  }

  @Test
  void ofAJobPastItsDeadline(Scene scene) {
    scene.apply("overdue-job.yaml");
    var pod = scene.firstPod("overdue");

    var lease = scene.awaitRevoked(pod, Duration.ofMinutes(3));

    assertThat(lease.getStatus().endedBy()).isEqualTo(EndedBy.PodDeleted);
    assertThat(scene.database().exists(lease.getStatus().subject())).isFalse();
  }

  @Test
  void outOfMemory(Scene scene) {
    scene.apply("hog.yaml");
    var pod = scene.firstPod("hog");

    var lease = scene.awaitRevoked(pod, Duration.ofMinutes(3));

    assertThat(lease.getStatus().endedBy()).isEqualTo(EndedBy.PodCompleted);
    assertThat(scene.database().exists(lease.getStatus().subject())).isFalse();
    var state =
        scene.client().pods().resource(pod).get().getStatus().getContainerStatuses().getFirst();
    assertThat(state.getState().getTerminated().getReason()).isEqualTo("OOMKilled");
  }

  @Test
  @ResourceLock(SCHEDULING)
  void preempted(Scene scene) {
    try (var seat = Seat.on(scene, scene.served("reader").getSpec().getNodeName())) {
      var victim = seat.victim();
      var login = scene.login(victim);

      seat.usurp();

      scene.assertEnded(victim, login, EndedBy.PodDeleted);
      scene.awaitActive(scene.awaitRunning("usurper"));
    }
  }

  /** Cordons and uncordons. */
  private static void unschedulable(Resource<Node> node, boolean is) {
    node.edit(
        n -> {
          n.getSpec().setUnschedulable(is);
          return n;
        });
  }
}
