package dev.hallpass.lease;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far a pod is in its life, judged by its app containers alone: init containers, native
 * sidecars among them (KEP-753), keep no pod alive.
 */
public sealed interface PodLife {

  /** It works, or will. */
  record Live() implements PodLife {}

  /** All that it had to do is done, and no container comes back. */
  record Completed(String message) implements PodLife {}

  /**
   * It was told to end, and still works.
   *
   * @param deadline when its grace period is over
   */
  record Ending(Instant deadline) implements PodLife {}

  /** It was told to end or evicted, and no app container runs any more. */
  record Stopped() implements PodLife {}

  /** Reads a pod. */
  static PodLife of(Pod pod) {
    var deadline = pod.getMetadata().getDeletionTimestamp();
    if (deadline != null) {
      return over(pod) || apps(pod).stream().noneMatch(c -> runs(pod, c))
          ? new Stopped()
          : new Ending(Instant.parse(deadline));
    }
    if (over(pod)) {
      return "Evicted".equals(pod.getStatus().getReason())
          ? new Stopped()
          : new Completed("the pod is " + pod.getStatus().getPhase());
    }
    return !apps(pod).isEmpty() && apps(pod).stream().allMatch(c -> doneForGood(pod, c))
        ? new Completed("all containers of the pod have ended")
        : new Live();
  }

  private static boolean over(Pod pod) {
    var phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
    return "Succeeded".equals(phase) || "Failed".equals(phase);
  }

  private static List<Container> apps(Pod pod) {
    return pod.getSpec().getContainers();
  }

  private static boolean doneForGood(Pod pod, Container container) {
    var ended = state(pod, container).map(ContainerState::getTerminated);
    return switch (restartPolicy(pod, container)) {
      case "Never" -> ended.isPresent();
      case "OnFailure" -> ended.filter(t -> Integer.valueOf(0).equals(t.getExitCode())).isPresent();
      default -> false;
    };
  }

  private static String restartPolicy(Pod pod, Container container) {
    return firstOf(container.getRestartPolicy(), pod.getSpec().getRestartPolicy());
  }

  private static String firstOf(@Nullable String own, @Nullable String podWide) {
    return own != null ? own : podWide != null ? podWide : "Always";
  }

  private static boolean runs(Pod pod, Container container) {
    return state(pod, container).map(ContainerState::getRunning).isPresent();
  }

  private static Optional<ContainerState> state(Pod pod, Container container) {
    return pod.getStatus() == null
        ? Optional.empty()
        : pod.getStatus().getContainerStatuses().stream()
            .filter(s -> container.getName().equals(s.getName()))
            .findFirst()
            .map(ContainerStatus::getState);
  }
}
