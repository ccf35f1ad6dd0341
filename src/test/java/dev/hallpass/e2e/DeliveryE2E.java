package dev.hallpass.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.EndedBy;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(HallpassCluster.class)
class DeliveryE2E {

  @Test
  void aDeploymentPodGetsItsOwnUserAndReadsATable(Scene scene) {
    scene.apply("reader.yaml");
    var pod = scene.awaitRunning("reader");

    var lease = scene.awaitActive(pod);
    var login = scene.login(pod);

    assertThat(login.username()).isEqualTo(lease.getStatus().subject());
    assertThat(scene.database().admits(login.username(), login.password())).isTrue();
    await().untilAsserted(() -> assertThat(scene.log(pod)).contains(login.username() + "|42"));
    assertThat(scene.exec(pod, "stat", "-f", "-c", "%T", "/var/run/hallpass").strip())
        .isEqualTo("tmpfs");
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              var status = scene.request().getStatus();
              assertThat(status.pods()).isEqualTo(1);
              assertThat(status.leases()).isEqualTo(1);
            });
  }

  @Test
  void theFilesAreSeenByTheAppsUserAlone(Scene scene) {
    scene.apply("reader.yaml");
    var pod = scene.awaitRunning("reader");

    assertThat(scene.exec(pod, "stat", "-c", "%a %u", "/var/run/hallpass/db.json").strip())
        .isEqualTo("400 1000");
  }

  @Test
  void aJobCompletesAndItsUserIsGone(Scene scene) {
    scene.apply("report.yaml");
    var pod = scene.firstPod("report");

    var lease = scene.awaitRevoked(pod, Duration.ofMinutes(3));

    assertThat(lease.getStatus().endedBy()).isEqualTo(EndedBy.PodCompleted);
    assertThat(scene.log(pod)).contains(lease.getStatus().subject() + "|42");
    assertThat(scene.database().exists(lease.getStatus().subject())).isFalse();
    await("the job is complete")
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                scene
                    .client()
                    .batch()
                    .v1()
                    .jobs()
                    .inNamespace(scene.namespace())
                    .withName("report")
                    .get()
                    .getStatus()
                    .getSucceeded(),
            Integer.valueOf(1)::equals);
  }
}
