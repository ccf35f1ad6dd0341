package dev.hallpass.lease;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.Approval;
import dev.hallpass.kube.Conditions;
import dev.hallpass.policy.Durations;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** When things of a lease began, end, or are due. */
final class Moments {
  private Moments() {}

  /** Since when its maxLifetime counts: its creation, or where it had to wait, people's yes. */
  static Instant begun(CredentialLease lease) {
    return approvedAt(lease).orElseGet(() -> created(lease));
  }

  /** When an active lease expires, a pending one must be acknowledged, a waiting one approved. */
  static Instant deadline(CredentialLease lease, LeaseTimes times) {
    return switch (LeaseJudge.phase(lease)) {
      case AwaitingApproval ->
          approval(lease).map(Approval::deadline).map(Instant::parse).orElse(Instant.MIN);
      case Pending -> pendingSince(lease).plus(times.acknowledgement());
      case Active, Revoking, Revoked, Denied ->
          status(lease)
              .map(CredentialLeaseStatus::expiresAt)
              .map(Instant::parse)
              .orElse(Instant.MIN);
    };
  }

  /** When an active lease was last issued or renewed, or shortly before. */
  static Instant decided(CredentialLease lease) {
    var begun = begun(lease);
    return status(lease)
        .map(CredentialLeaseStatus::expiresAt)
        .map(Instant::parse)
        .map(expires -> expires.minus(Durations.parse(lease.getSpec().ttl())))
        .filter(begun::isBefore)
        .orElse(begun);
  }

  /** When a lease that is over ended. */
  static Instant ended(CredentialLease lease) {
    return status(lease).stream()
        .flatMap(
            s -> Stream.of(Optional.ofNullable(s.revokedAt()), Optional.ofNullable(s.endedAt())))
        .flatMap(Optional::stream)
        .findFirst()
        .map(Instant::parse)
        .orElseGet(() -> created(lease));
  }

  static Optional<Approval> approval(CredentialLease lease) {
    return status(lease).map(CredentialLeaseStatus::approval);
  }

  private static Instant pendingSince(CredentialLease lease) {
    var since =
        status(lease)
            .flatMap(s -> Conditions.find(s.conditions(), Conditions.ACTIVE))
            .map(Condition::getLastTransitionTime)
            .map(Instant::parse)
            .orElseGet(() -> created(lease));
    // While it waited for approval it was not usable either.
    return approvedAt(lease).filter(since::isBefore).orElse(since);
  }

  private static Optional<Instant> approvedAt(CredentialLease lease) {
    return approval(lease).map(Approval::approvedAt).map(Instant::parse);
  }

  private static Instant created(CredentialLease lease) {
    return Instant.parse(lease.getMetadata().getCreationTimestamp());
  }

  private static Optional<CredentialLeaseStatus> status(CredentialLease lease) {
    return Optional.ofNullable(lease.getStatus());
  }
}
