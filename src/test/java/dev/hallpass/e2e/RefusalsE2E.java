package dev.hallpass.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.HallpassApi;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(HallpassCluster.class)
class RefusalsE2E {

  @Test
  void aPodWithABrokenRequestIsRefusedWithTheFix(Scene scene) {
    scene.apply("broken-request.yaml");

    await("the webhook has seen the request")
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> scene.apply("broken-pod.yaml"))
                    .hasMessageContaining("spec.credentials[db].access")
                    .hasMessageContaining("offers no level \"writer\", only reader")
                    .hasMessageContaining("AccessLevelUnknown"));

    assertThat(scene.pod("broken")).isEmpty();
  }

  @Test
  void aPodOfAnotherServiceAccountIsRefused(Scene scene) {
    assertThatThrownBy(() -> scene.apply("other.yaml"))
        .hasMessageContaining("ServiceAccountMismatch");
  }

  /** The agent itself, given a token that was stolen from another pod, is the thief here. */
  @Test
  void anotherPodsTokenIsRefused(Scene scene) {
    scene.apply("reader.yaml");
    var victim = scene.awaitRunning("reader");
    scene.awaitActive(victim);
    var before = scene.login(victim);

    var thief = thief(scene, victim);

    var said =
        await("the thief gave up")
            .atMost(Duration.ofSeconds(90))
            .until(
                () -> {
                  var pod = scene.client().pods().resource(thief).get();
                  return pod.getStatus().getContainerStatuses().stream()
                      .map(s -> s.getState().getTerminated())
                      .filter(Objects::nonNull)
                      .findFirst()
                      .orElse(null);
                },
                Objects::nonNull);
    assertThat(said.getExitCode()).isNotZero();
    assertThat(said.getMessage()).contains("AddressMismatch");
    assertThat(scene.database().admits(before.username(), before.password())).isTrue();
  }

  private static Pod thief(Scene scene, Pod victim) {
    var client = scene.client();
    var token =
        client
            .serviceAccounts()
            .inNamespace(scene.namespace())
            .withName("orders")
            .tokenRequest(
                new TokenRequestBuilder()
                    .withNewSpec()
                    .withAudiences(HallpassApi.TOKEN_AUDIENCE)
                    .withNewBoundObjectRef()
                    .withApiVersion("v1")
                    .withKind("Pod")
                    .withName(victim.getMetadata().getName())
                    .withUid(victim.getMetadata().getUid())
                    .endBoundObjectRef()
                    .endSpec()
                    .build())
            .getStatus()
            .getToken();
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("loot")
                .withNamespace(scene.namespace())
                .endMetadata()
                .addToStringData("token", token)
                .build())
        .create();
    var agent =
        victim.getSpec().getInitContainers().stream()
            .filter(c -> c.getName().equals("hallpass-agent"))
            .findFirst()
            .orElseThrow();
    var args =
        agent.getArgs().stream()
            .map(a -> a.equals("sidecar") ? "init" : a)
            .map(a -> a.startsWith("--token-file=") ? "--token-file=/loot/token" : a)
            .map(a -> a.startsWith("--dir=") ? "--dir=/out" : a)
            .collect(java.util.stream.Collectors.toCollection(java.util.ArrayList::new));
    args.add("--timeout=20");
    return client
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withName("thief")
                .withNamespace(scene.namespace())
                .endMetadata()
                .withNewSpec()
                .withRestartPolicy("Never")
                .withServiceAccountName("orders")
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser(1000L)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .addNewContainer()
                .withName("app")
                .withImage(agent.getImage())
                .withImagePullPolicy(agent.getImagePullPolicy())
                .withArgs(args)
                .withEnv(agent.getEnv())
                .withSecurityContext(agent.getSecurityContext())
                .addNewVolumeMount()
                .withName("loot")
                .withMountPath("/loot")
                .endVolumeMount()
                .addNewVolumeMount()
                .withName("out")
                .withMountPath("/out")
                .endVolumeMount()
                .endContainer()
                .addNewVolume()
                .withName("loot")
                .withNewSecret()
                .withSecretName("loot")
                .endSecret()
                .endVolume()
                .addNewVolume()
                .withName("out")
                .withNewEmptyDir()
                .endEmptyDir()
                .endVolume()
                .endSpec()
                .build())
        .create();
  }
}
