package dev.hallpass.cli;

import dev.hallpass.lease.PodStanding;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import org.jspecify.annotations.Nullable;

/** What kubelet says of an agent. */
sealed interface AgentState {

  /** The pod has no such container, or no kubelet has looked at it yet. */
  record Absent() implements AgentState {}

  /** It starts, or waits for its turn. */
  record Starting() implements AgentState {}

  /** It runs. */
  record Running(boolean ready, int restarts) implements AgentState {}

  /** It has done what it had to. */
  record Done() implements AgentState {}

  /** It cannot start, or ended with an error. */
  record Broken(String reason, String message) implements AgentState {}

  static AgentState of(Pod pod, String container) {
    return pod.getStatus() == null
        ? new Absent()
        : pod.getStatus().getInitContainerStatuses().stream()
            .filter(s -> container.equals(s.getName()))
            .findFirst()
            .map(AgentState::of)
            .orElseGet(Absent::new);
  }

  private static AgentState of(ContainerStatus status) {
    var state = status.getState();
    if (state == null) {
      return new Starting();
    }
    if (state.getRunning() != null) {
      return new Running(
          Boolean.TRUE.equals(status.getStarted()),
          status.getRestartCount() == null ? 0 : status.getRestartCount());
    }
    var ended = state.getTerminated();
    if (ended != null) {
      var exit = ended.getExitCode();
      return exit != null && exit == 0
          ? new Done()
          : new Broken("exit code " + exit, orEmpty(ended.getMessage()));
    }
    var waiting = state.getWaiting();
    if (waiting == null
        || waiting.getReason() == null
        || PodStanding.STARTING.contains(waiting.getReason())) {
      return new Starting();
    }
    var last = status.getLastState() == null ? null : status.getLastState().getTerminated();
    return new Broken(
        waiting.getReason(),
        last != null && last.getMessage() != null
            ? last.getMessage()
            : orEmpty(waiting.getMessage()));
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text.strip().replaceAll("\\s*\\R\\s*", "; ");
  }
}
