package dev.hallpass.admission;

import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.api.v1alpha1.HallpassApi;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContext;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads a pod that is being created, before or after it was injected. */
final class Pods {
  private static final int MAX_PORT = 65_535;

  private Pods() {}

  /** The pod's containers without the agent's: init containers first. */
  static Stream<Container> containers(Pod pod) {
    return Stream.concat(
            pod.getSpec().getInitContainers().stream(), pod.getSpec().getContainers().stream())
        .filter(c -> !AgentContainers.NAMES.contains(c.getName()));
  }

  /**
   * Whether the pod says that it was injected. That proves nothing: it only makes what bears our
   * names ours to complete and to overwrite.
   */
  static boolean claimsInjection(Pod pod) {
    var annotations = pod.getMetadata().getAnnotations();
    return annotations != null && annotations.containsKey(HallpassApi.INJECTED_ANNOTATION);
  }

  static Map<String, String> labels(Pod pod) {
    var labels = pod.getMetadata().getLabels();
    return labels == null ? Map.of() : labels;
  }

  static String serviceAccount(Pod pod) {
    var name = pod.getSpec().getServiceAccountName();
    return name == null || name.isEmpty() ? "default" : name;
  }

  /** Whom a container runs as, where the pod says it and not the image. */
  static Optional<Long> user(Pod pod, Container container) {
    return effective(
        pod, container, SecurityContext::getRunAsUser, PodSecurityContext::getRunAsUser);
  }

  /** Its group, likewise. */
  static Optional<Long> group(Pod pod, Container container) {
    return effective(
        pod, container, SecurityContext::getRunAsGroup, PodSecurityContext::getRunAsGroup);
  }

  private static Optional<Long> effective(
      Pod pod,
      Container container,
      Function<SecurityContext, @Nullable Long> own,
      Function<PodSecurityContext, @Nullable Long> ofPod) {
    var context = container.getSecurityContext();
    var said = context == null ? null : own.apply(context);
    if (said != null) {
      return Optional.of(said);
    }
    var shared = pod.getSpec().getSecurityContext();
    return Optional.ofNullable(shared == null ? null : ofPod.apply(shared));
  }

  /** Whether it is sure, or for its author to know, that the pod is over within this time. */
  static boolean endsWithin(Pod pod, Duration time) {
    var policy = pod.getSpec().getRestartPolicy();
    var deadline = pod.getSpec().getActiveDeadlineSeconds();
    return (policy != null && !"Always".equals(policy))
        || (deadline != null && deadline <= time.toSeconds());
  }

  /** The first port from this one on that no container of the pod declares. */
  static int freePort(Pod pod, int preferred) {
    var taken =
        containers(pod)
            .flatMap(c -> c.getPorts().stream())
            .map(ContainerPort::getContainerPort)
            .collect(Collectors.toSet());
    return IntStream.rangeClosed(preferred, MAX_PORT)
        .filter(port -> !taken.contains(port))
        .findFirst()
        .orElse(preferred);
  }

  static boolean mountsCredentials(Container container) {
    return container.getVolumeMounts().stream()
        .anyMatch(m -> View.isVolume(m.getName()) && Delivery.MOUNT_PATH.equals(m.getMountPath()));
  }
}
