package dev.hallpass.lease;

import static dev.hallpass.api.v1alpha1.EndedBy.NodeLost;
import static dev.hallpass.api.v1alpha1.EndedBy.PodCompleted;
import static dev.hallpass.api.v1alpha1.EndedBy.PodDeleted;
import static dev.hallpass.api.v1alpha1.EndedBy.ServiceAccountDeleted;
import static dev.hallpass.lease.Verdict.End.because;

import dev.hallpass.lease.Verdict.End;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The pod that holds a lease, with the node and the service account that it cannot be without.
 * Pure.
 *
 * @param nodeGrace how long a node may be lost
 */
record LeasePod(LeaseFacts facts, Duration nodeGrace) {

  /** The pod; null where it is gone, or another has its name. */
  @Nullable Pod pod() {
    var pod = facts.pod();
    return pod != null && facts.lease().getSpec().pod().uid().equals(pod.getMetadata().getUid())
        ? pod
        : null;
  }

  /** Whether it runs, and was not told to end. */
  boolean lives() {
    var pod = pod();
    return pod != null && PodLife.of(pod) instanceof PodLife.Live;
  }

  /** When time alone could end it. */
  Stream<Instant> moments() {
    var pod = pod();
    return Stream.concat(
        Stream.ofNullable(facts.nodeLostSince()).map(since -> since.plus(nodeGrace)),
        pod != null && PodLife.of(pod) instanceof PodLife.Ending(var deadline)
            ? Stream.of(deadline)
            : Stream.empty());
  }

  /** The end of a lease whose pod is over. */
  Optional<End> over() {
    return podOver().or(this::serviceAccountOver);
  }

  private Optional<End> podOver() {
    var pod = pod();
    if (pod == null) {
      return nodeLost()
          ? because(NodeLost, "the pod is gone, and its node is lost")
          : because(PodDeleted, "the pod is gone");
    }
    return switch (PodLife.of(pod)) {
      case PodLife.Completed(var message) -> because(PodCompleted, message);
      case PodLife.Stopped() ->
          because(PodDeleted, "the pod was told to end, and its containers have stopped");
      case PodLife.Ending(var deadline) when !facts.now().isBefore(deadline) ->
          because(PodDeleted, "the pod was told to end, and its grace period is over");
      case PodLife.Ending(var deadline) -> nodeOver();
      case PodLife.Live() -> nodeOver();
    };
  }

  private Optional<End> nodeOver() {
    return nodeLost()
        ? because(
            NodeLost, "the pod's node has not been ready since %s".formatted(facts.nodeLostSince()))
        : Optional.empty();
  }

  private boolean nodeLost() {
    var since = facts.nodeLostSince();
    return since != null && !facts.now().isBefore(since.plus(nodeGrace));
  }

  /** Timestamps have seconds: an account of the lease's own second is taken for the one it had. */
  private Optional<End> serviceAccountOver() {
    var name = facts.lease().getSpec().pod().serviceAccountName();
    var since = facts.serviceAccountSince();
    if (since == null && facts.namespace().terminating()) {
      return because(PodDeleted, "the namespace is being deleted");
    }
    if (since == null) {
      return because(ServiceAccountDeleted, "service account %s was deleted".formatted(name));
    }
    return since.isAfter(Instant.parse(facts.lease().getMetadata().getCreationTimestamp()))
        ? because(
            ServiceAccountDeleted, "service account %s was deleted and made anew".formatted(name))
        : Optional.empty();
  }
}
