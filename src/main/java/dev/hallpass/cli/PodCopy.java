package dev.hallpass.cli;

import dev.hallpass.api.v1alpha1.HallpassApi;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A pod as it was before the webhook saw it, to be created once more. */
final class PodCopy {
  /** The volumes that the webhook adds begin so. */
  private static final String OURS = "hallpass-";

  private static final int LONGEST_PREFIX = 40;

  private PodCopy() {}

  /** The copy, under another name. */
  static Pod of(Pod pod) {
    var name = pod.getMetadata().getName();
    return new PodBuilder()
        .withNewMetadata()
        .withGenerateName(name.substring(0, Math.min(name.length(), LONGEST_PREFIX)) + "-copy-")
        .withNamespace(pod.getMetadata().getNamespace())
        .withLabels(pod.getMetadata().getLabels())
        .withAnnotations(annotations(pod.getMetadata().getAnnotations()))
        .endMetadata()
        .withNewSpecLike(pod.getSpec())
        .withNodeName(null)
        .withEphemeralContainers(List.of())
        .withVolumes(pod.getSpec().getVolumes().stream().filter(v -> !isOurs(v.getName())).toList())
        .withContainers(pod.getSpec().getContainers().stream().map(PodCopy::container).toList())
        .withInitContainers(
            pod.getSpec().getInitContainers().stream()
                .filter(c -> !HallpassApi.AGENT_CONTAINERS.contains(c.getName()))
                .map(PodCopy::container)
                .toList())
        .endSpec()
        .build();
  }

  private static Map<String, String> annotations(@Nullable Map<String, String> annotations) {
    var kept = new HashMap<String, String>(annotations == null ? Map.of() : annotations);
    kept.remove(HallpassApi.INJECTED_ANNOTATION);
    kept.remove(HallpassApi.REVOKE_ANNOTATION);
    return kept;
  }

  private static Container container(Container container) {
    return new ContainerBuilder(container)
        .withVolumeMounts(
            container.getVolumeMounts().stream().filter(m -> !isOurs(m.getName())).toList())
        .withEnv(
            container.getEnv().stream()
                .filter(e -> !HallpassApi.CONTAINER_VARIABLE.equals(e.getName()))
                .toList())
        .build();
  }

  private static boolean isOurs(String volume) {
    return volume.startsWith(OURS);
  }
}
