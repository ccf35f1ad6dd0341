package dev.hallpass.lease;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.api.v1alpha1.Delivery.Mode;
import dev.hallpass.api.v1alpha1.HallpassApi;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** How a pod that a request selects stands with its credentials. */
public sealed interface PodStanding {
  /** For how long an agent that runs may be without a credential before people should look. */
  Duration PATIENCE = Duration.ofMinutes(1);

  /** What a container waits for at every start. */
  Set<String> STARTING = Set.of("PodInitializing", "ContainerCreating");

  /** It was created without the agent. */
  record Bare() implements PodStanding {}

  /** It has every credential of the request. */
  record Served() implements PodStanding {}

  /**
   * Its agent starts, or asks for a credential, or for people's approval.
   *
   * @param failsAt when that has taken too long; empty while the agent does not run, or people are
   *     asked
   */
  record Waiting(Optional<Instant> failsAt) implements PodStanding {}

  /** Its agent cannot run, or has been without a credential for too long. */
  record Failing() implements PodStanding {}

  /**
   * Judges a pod.
   *
   * @param leases of the request
   */
  static PodStanding of(
      CredentialRequest request, Pod pod, List<CredentialLease> leases, Instant now) {
    if (!injected(request.getMetadata().getName(), pod)) {
      return new Bare();
    }
    if (lacking(request, pod, leases).isEmpty()) {
      return new Served();
    }
    if (asksPeople(pod, leases)) {
      return new Waiting(Optional.empty());
    }
    if (agents(pod).anyMatch(PodStanding::broken)) {
      return new Failing();
    }
    var failsAt =
        agents(pod)
            .filter(s -> s.getState() != null && s.getState().getRunning() != null)
            .map(s -> s.getState().getRunning().getStartedAt())
            .filter(Objects::nonNull)
            .map(since -> Instant.parse(since).plus(PATIENCE))
            .min(Instant::compareTo);
    return failsAt.filter(at -> !now.isBefore(at)).isPresent()
        ? new Failing()
        : new Waiting(failsAt);
  }

  /** The credentials that a pod does not have. */
  static List<RequestedCredential> lacking(
      CredentialRequest request, Pod pod, List<CredentialLease> leases) {
    return request.getSpec().credentials().stream().filter(c -> !holds(pod, c, leases)).toList();
  }

  /** What keeps the agent of a pod from running, in kubelet's words. */
  static Optional<String> trouble(Pod pod) {
    return agents(pod).filter(PodStanding::broken).map(PodStanding::trouble).findFirst();
  }

  private static String trouble(ContainerStatus status) {
    var waiting = status.getState().getWaiting();
    return waiting == null
        ? "container %s ended with exit code %d".formatted(status.getName(), exit(status))
        : "container %s waits: %s".formatted(status.getName(), waiting.getReason());
  }

  private static boolean injected(String request, Pod pod) {
    var annotations = pod.getMetadata().getAnnotations();
    var injected = annotations == null ? null : annotations.get(HallpassApi.INJECTED_ANNOTATION);
    return injected != null && Arrays.asList(injected.split(",", -1)).contains(request);
  }

  /** Whoever waits for people is well, however long they take. */
  private static boolean asksPeople(Pod pod, List<CredentialLease> leases) {
    return leases.stream()
        .filter(l -> l.getSpec().pod().uid().equals(pod.getMetadata().getUid()))
        .anyMatch(l -> LeaseJudge.phase(l) == LeasePhase.AwaitingApproval);
  }

  /** A credential that is fetched once is held from then on, whatever became of its lease. */
  private static boolean holds(
      Pod pod, RequestedCredential credential, List<CredentialLease> leases) {
    return leases.stream()
            .filter(l -> l.getSpec().pod().uid().equals(pod.getMetadata().getUid()))
            .filter(l -> l.getSpec().credential().equals(credential.name()))
            .anyMatch(l -> LeaseJudge.phase(l) == LeasePhase.Active)
        || (credential.delivery().mode() == Mode.Init
            && agents(pod).anyMatch(PodStanding::fetched));
  }

  private static boolean fetched(ContainerStatus status) {
    return HallpassApi.INIT_CONTAINER.equals(status.getName()) && exit(status) == 0;
  }

  private static boolean broken(ContainerStatus status) {
    var waiting = status.getState() == null ? null : status.getState().getWaiting();
    return exit(status) > 0 || (waiting != null && !starts(waiting));
  }

  private static boolean starts(ContainerStateWaiting waiting) {
    return waiting.getReason() == null || STARTING.contains(waiting.getReason());
  }

  /** The exit code of a container that ended; -1 where it did not. */
  private static int exit(ContainerStatus status) {
    var ended = status.getState() == null ? null : status.getState().getTerminated();
    return ended == null || ended.getExitCode() == null ? -1 : ended.getExitCode();
  }

  private static Stream<ContainerStatus> agents(Pod pod) {
    return pod.getStatus() == null
        ? Stream.empty()
        : pod.getStatus().getInitContainerStatuses().stream()
            .filter(s -> HallpassApi.AGENT_CONTAINERS.contains(s.getName()));
  }
}
