package dev.hallpass.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.kube.Conditions;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(HallpassCluster.class)
class ViewsE2E {

  @Test
  void eachContainerSeesItsOwnCredentialAtTheSamePath(Scene scene) throws IOException {
    scene.apply("two-views-request.yaml");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              var status = request(scene).getStatus();
              return status != null && Conditions.holds(status.conditions(), Conditions.READY);
            });
    scene.apply("two-views.yaml");
    var pod = scene.awaitRunning("two-views");

    var app = username(scene, pod, "app");
    var audit = username(scene, pod, "audit");

    assertThat(app).isNotEqualTo(audit);
    assertThat(scene.leases())
        .extracting(l -> l.getStatus().subject())
        .containsExactlyInAnyOrder(app, audit);
    assertThat(log(scene, pod, "other")).contains("No such file");
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              var status = request(scene).getStatus();
              assertThat(status.injected()).isEqualTo(1);
              assertThat(status.waiting()).isZero();
              assertThat(status.failing()).isZero();
            });
  }

  private static CredentialRequest request(Scene scene) {
    return scene
        .client()
        .resources(CredentialRequest.class)
        .inNamespace(scene.namespace())
        .withName("two-views")
        .get();
  }

  private static String username(Scene scene, Pod pod, String container) throws IOException {
    return new ObjectMapper().readTree(log(scene, pod, container)).get("username").asText();
  }

  private static String log(Scene scene, Pod pod, String container) {
    return await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> scene.client().pods().resource(pod).inContainer(container).getLog(),
            text -> !text.isBlank());
  }
}
