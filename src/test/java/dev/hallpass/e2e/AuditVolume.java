package dev.hallpass.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The volume with the files of a process's trail, as an operator reaches it: by a debugging
 * container in the process's pod.
 */
record AuditVolume(KubernetesClient client, String pod) {
  private static final String CONTAINER = "operator";

  static AuditVolume of(KubernetesClient client, Pod pod) {
    var volume = new AuditVolume(client, pod.getMetadata().getName());
    var of = client.pods().inNamespace(Scene.SYSTEM_NAMESPACE).withName(volume.pod());
    of.ephemeralContainers()
        .edit(
            p ->
                new PodBuilder(p)
                    .editSpec()
                    .addNewEphemeralContainer()
                    .withName(CONTAINER)
                    .withImage("docker.io/hallpass/demo-app:dev")
                    .withImagePullPolicy("IfNotPresent")
                    .withCommand("/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1; done")
                    .withNewSecurityContext()
                    .withAllowPrivilegeEscalation(false)
                    .withRunAsUser(65532L)
                    .withRunAsNonRoot(true)
                    .withNewCapabilities()
                    .withDrop("ALL")
                    .endCapabilities()
                    .endSecurityContext()
                    .addNewVolumeMount()
                    .withName("audit")
                    .withMountPath("/audit")
                    .endVolumeMount()
                    .endEphemeralContainer()
                    .endSpec()
                    .build());
    await("the operator looks at the volume of " + volume.pod())
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                of.get().getStatus().getEphemeralContainerStatuses().stream()
                    .anyMatch(s -> s.getState().getRunning() != null));
    return volume;
  }

  /** Something else takes all the room there is. */
  void fill() {
    assertThat(run("cat /dev/zero > /audit/full || echo full")).isEqualTo("full\n");
  }

  /** What took the room is gone. */
  void makeRoom() {
    run("rm /audit/full");
  }

  /** All files of the trail, one after the other. */
  String files() {
    return run("cat /audit/*.jsonl");
  }

  private String run(String script) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    try (var running =
        client
            .pods()
            .inNamespace(Scene.SYSTEM_NAMESPACE)
            .withName(pod)
            .inContainer(CONTAINER)
            .writingOutput(out)
            .writingError(err)
            .exec("/bin/sh", "-c", script)) {
      assertThat(running.exitCode().get(60, TimeUnit.SECONDS))
          .as(() -> script + ": " + err.toString(StandardCharsets.UTF_8))
          .isZero();
      return out.toString(StandardCharsets.UTF_8);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(script, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(script, e);
    }
  }
}
