package dev.hallpass.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A pod that starts over and over. It takes the longest, and so begins first. */
@Order(1)
@ExtendWith(HallpassCluster.class)
class CrashLoopE2E {

  @Test
  void aCrashLoopOfTwentyRestartsHasOneUser(Scene scene) {
    scene.apply("crasher.yaml");
    await("twenty restarts")
        .atMost(Duration.ofMinutes(15))
        .until(
            () ->
                scene.pod("crasher").stream()
                    .flatMap(p -> p.getStatus().getContainerStatuses().stream())
                    .anyMatch(s -> s.getRestartCount() >= 20));

    assertThat(scene.leases()).hasSize(1);
    var subject = scene.leases().getFirst().getStatus().subject();
    assertThat(scene.database().minted(scene.namespace())).containsExactly(subject);
    // The last start may not have got as far yet.
    await("psql has logged in with it")
        .ignoreExceptionsInstanceOf(KubernetesClientException.class)
        .untilAsserted(
            () -> assertThat(scene.log(scene.pod("crasher").orElseThrow())).contains(subject));
  }
}
