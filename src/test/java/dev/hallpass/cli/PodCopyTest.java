package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PodCopyTest {
  private static final Path ADMISSION = Path.of("src/test/resources/admission");

  /** What admission makes of a pod, on a node, becomes again what its owner wrote. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sidecar",
        "init-mode",
        "both-modes-two-requests",
        "containers-see-their-own",
        "notify-by-signal"
      })
  void isThePodAsItWasBeforeAdmission(String folder) throws IOException {
    var written = read(folder, "in-pod.yaml");
    var injected = read(folder, "out-pod.yaml");
    injected.getMetadata().setName("orders-1");
    injected.getMetadata().setUid("4711");
    injected.getSpec().setNodeName("worker-1");

    var copy = PodCopy.of(injected);

    assertThat(copy.getSpec().getInitContainers()).isEqualTo(written.getSpec().getInitContainers());
    assertThat(copy.getSpec().getContainers()).isEqualTo(written.getSpec().getContainers());
    assertThat(copy.getSpec().getVolumes()).isEqualTo(written.getSpec().getVolumes());
    assertThat(copy.getSpec().getNodeName()).isNull();
    assertThat(copy.getMetadata().getName()).isNull();
    assertThat(copy.getMetadata().getUid()).isNull();
    assertThat(copy.getMetadata().getLabels()).isEqualTo(written.getMetadata().getLabels());
    assertThat(copy.getMetadata().getAnnotations()).doesNotContainKey("hallpass.dev/injected");
  }

  private static Pod read(String folder, String file) throws IOException {
    return new KubernetesSerialization()
        .unmarshal(Files.readString(ADMISSION.resolve(folder).resolve(file)), Pod.class);
  }
}
