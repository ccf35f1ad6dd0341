package dev.hallpass.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.EndedBy;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(HallpassCluster.class)
class EndingsE2E {
  private static final Duration SOON = Duration.ofSeconds(30);

  @Test
  void aDeletedPodLosesItsUser(Scene scene) {
    scene.apply("reader.yaml");
    var pod = scene.awaitRunning("reader");
    scene.awaitActive(pod);
    var login = scene.login(pod);

    scene.client().pods().resource(pod).delete();

    var lease = scene.awaitRevoked(pod, SOON);
    assertThat(lease.getStatus().endedBy()).isEqualTo(EndedBy.PodDeleted);
    assertThat(scene.database().admits(login.username(), login.password())).isFalse();
    assertThat(scene.database().exists(login.username())).isFalse();
  }

  @Test
  void aForceDeletedPodLosesItsUser(Scene scene) {
    scene.apply("reader.yaml");
    var pod = scene.awaitRunning("reader");
    scene.awaitActive(pod);
    var login = scene.login(pod);

    scene.client().pods().resource(pod).withGracePeriod(0).delete();

    var lease = scene.awaitRevoked(pod, SOON);
    assertThat(lease.getStatus().endedBy()).isEqualTo(EndedBy.PodDeleted);
    assertThat(scene.database().admits(login.username(), login.password())).isFalse();
  }

  @Test
  void anOpenTransactionDiesWithTheLease(Scene scene) {
    scene.apply("holder.yaml");
    var pod = scene.awaitRunning("holder");
    var subject = scene.awaitActive(pod).getStatus().subject();
    await("the transaction is open").until(() -> scene.database().sessions(subject) == 1);

    scene.client().resources(CredentialLease.class).inNamespace(scene.namespace()).delete();

    await("the session is dead").atMost(SOON).until(() -> scene.database().sessions(subject) == 0);
    await("the user is gone").atMost(SOON).until(() -> !scene.database().exists(subject));
    await("psql was cut off")
        .untilAsserted(() -> assertThat(scene.log(pod)).contains("terminating connection"));
  }

  @Test
  void aCrashLoopOfTwentyRestartsHasOneUser(Scene scene) {
    scene.apply("crasher.yaml");
    await("twenty restarts")
        .atMost(Duration.ofMinutes(8))
        .until(
            () ->
                scene.pod("crasher").stream()
                    .flatMap(p -> p.getStatus().getContainerStatuses().stream())
                    .anyMatch(s -> s.getRestartCount() >= 20));

    assertThat(scene.leases()).hasSize(1);
    var subject = scene.leases().getFirst().getStatus().subject();
    assertThat(scene.log(scene.pod("crasher").orElseThrow())).contains(subject);
    assertThat(scene.database().exists(subject)).isTrue();
  }

  @Test
  void aDeletedRequestTakesItsLeasesAlong(Scene scene) {
    scene.apply("reader.yaml");
    var pod = scene.awaitRunning("reader");
    scene.awaitActive(pod);
    var login = scene.login(pod);

    scene.client().resource(scene.request()).delete();

    var lease = scene.awaitRevoked(pod, SOON);
    assertThat(lease.getStatus().endedBy()).isEqualTo(EndedBy.RequestDeleted);
    assertThat(scene.database().admits(login.username(), login.password())).isFalse();
  }
}
