package dev.hallpass.reconcile.request;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.lease.PodStanding;
import dev.hallpass.lease.RevokeOrder;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Why a pod has no credential, as far as it shows in the request, the pod and its leases, or in
 * what policies say. What only the broker met with, the agent's log has.
 *
 * @param reason the code
 * @param message what a person reads
 */
record Hindrance(Reason reason, String message) {

  /**
   * The first that is found; empty where the pod may only need a moment.
   *
   * @param ready the request's own condition
   * @param leases of the pod
   * @param policies what they object to; asked last
   */
  static Optional<Hindrance> of(
      Condition ready,
      Pod pod,
      List<CredentialLease> leases,
      Supplier<Optional<String>> policies,
      Instant now) {
    if ("False".equals(ready.getStatus())) {
      return Optional.of(new Hindrance(Reason.valueOf(ready.getReason()), ready.getMessage()));
    }
    return revokeOrder(pod, now)
        .or(() -> PodStanding.trouble(pod).map(Hindrance::agent))
        .or(() -> newest(leases).flatMap(Hindrance::standing))
        .or(() -> policies.get().map(said -> new Hindrance(Reason.PolicyDenied, said)));
  }

  /** What there is to say where nothing else is found. */
  static Hindrance unknown(Pod pod, List<CredentialLease> leases) {
    var ended =
        newest(leases)
            .flatMap(Hindrance::endedBy)
            .map(by -> "its last lease ended (%s); ".formatted(by))
            .orElse("");
    return new Hindrance(
        Reason.PodsFailing,
        "%sthe agent's log says why: kubectl -n %s logs %s -c %s"
            .formatted(
                ended,
                pod.getMetadata().getNamespace(),
                pod.getMetadata().getName(),
                HallpassApi.AGENT_CONTAINER));
  }

  private static Optional<Hindrance> revokeOrder(Pod pod, Instant now) {
    return RevokeOrder.of(pod).covers(now)
        ? Optional.of(
            new Hindrance(
                Reason.RevocationAsked,
                "pod %s carries the annotation %s; remove it to issue again"
                    .formatted(pod.getMetadata().getName(), HallpassApi.REVOKE_ANNOTATION)))
        : Optional.empty();
  }

  private static Hindrance agent(String trouble) {
    return new Hindrance(Reason.AgentNotRunning, "the agent does not run: " + trouble);
  }

  private static Optional<Hindrance> standing(CredentialLease lease) {
    var name = lease.getMetadata().getName();
    return switch (LeaseJudge.phase(lease)) {
      case AwaitingApproval ->
          Optional.of(
              new Hindrance(Reason.ApprovalAwaited, "lease %s waits for approval".formatted(name)));
      case Denied ->
          Optional.of(
              new Hindrance(
                  endedBy(lease).filter(EndedBy.ApprovalTimedOut::equals).isPresent()
                      ? Reason.ApprovalTimedOut
                      : Reason.ApprovalDenied,
                  "lease %s was denied".formatted(name)));
      case Revoking ->
          Optional.of(
              new Hindrance(Reason.Revoking, "lease %s is being withdrawn".formatted(name)));
      case Pending, Active, Revoked -> Optional.empty();
    };
  }

  private static Optional<CredentialLease> newest(List<CredentialLease> leases) {
    return leases.stream()
        .max(
            Comparator.comparing(
                l -> Objects.requireNonNullElse(l.getMetadata().getCreationTimestamp(), "")));
  }

  private static Optional<EndedBy> endedBy(CredentialLease lease) {
    return Optional.ofNullable(lease.getStatus()).map(s -> s.endedBy());
  }
}
