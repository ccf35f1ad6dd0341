package dev.hallpass.reconcile.request;

import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.kube.Conditions;
import dev.hallpass.kube.Statement;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Says whether the pods that a request selects have their credentials, and if not, why. */
final class ServedCondition {
  private ServedCondition() {}

  /**
   * The conditions with this one.
   *
   * @param hindrance of the first of the unserved pods; empty where none is known
   */
  static List<Condition> with(
      List<Condition> existing,
      CredentialRequest request,
      PodCensus pods,
      Optional<Hindrance> hindrance,
      Instant now) {
    return Conditions.with(
        existing, say(request, pods, hindrance), request.getMetadata().getGeneration(), now);
  }

  private static Statement say(
      CredentialRequest request, PodCensus pods, Optional<Hindrance> hindrance) {
    if (pods.selected() == 0) {
      return new Statement.Fails(
          Conditions.PODS_SERVED,
          Reason.NoPods,
          "no live pod runs as %s and carries %s; where one should, kubectl describe its ReplicaSet or Job"
              .formatted(
                  request.getSpec().workload().serviceAccountName(),
                  request.getSpec().workload().selector()));
    }
    var without = Stream.concat(pods.unserved().stream(), pods.bare().stream()).toList();
    if (without.isEmpty()) {
      return new Statement.Holds(
          Conditions.PODS_SERVED, Reason.PodsServed, "every selected pod has its credentials");
    }
    var why = hindrance.orElseGet(() -> otherwise(pods));
    return new Statement.Fails(
        Conditions.PODS_SERVED,
        why.reason(),
        "%d of %d pods have no credential (%s): %s"
            .formatted(without.size(), pods.selected(), names(without), why.message()));
  }

  private static Hindrance otherwise(PodCensus pods) {
    return pods.unserved().isEmpty()
        ? new Hindrance(
            Reason.PodsNotInjected, "created without injection; see the condition PodsInjected")
        : new Hindrance(Reason.PodsWaiting, "the agent starts, or asks for it");
  }

  private static String names(List<Pod> pods) {
    return InjectionCondition.names(pods);
  }
}
