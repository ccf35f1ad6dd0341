package dev.hallpass.lease;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.Approval;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.kube.Conditions;
import dev.hallpass.kube.Statement;
import dev.hallpass.provider.Subject;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The statuses that issuing writes: fresh values, computed from the lease as it was read. */
final class LeaseStatuses {
  private LeaseStatuses() {}

  /** Nothing is minted before people say yes. */
  static CredentialLeaseStatus awaiting(CredentialLease lease, Approval approval, Instant now) {
    return new CredentialLeaseStatus(
        LeasePhase.AwaitingApproval,
        null,
        null,
        null,
        null,
        approval,
        inactive(lease, Reason.ApprovalAwaited, now));
  }

  /** All have said yes: from here on it is as a lease that was just made. */
  static CredentialLeaseStatus approved(
      CredentialLease lease, Subject subject, Approval approval, Instant now) {
    return new CredentialLeaseStatus(
        LeasePhase.Pending,
        1L,
        subject.name(),
        null,
        null,
        approval,
        inactive(lease, Reason.ApprovalGiven, now));
  }

  /** Fresh secret material is on its way: not usable until acknowledged. */
  static CredentialLeaseStatus reissued(
      CredentialLease lease, Subject subject, long epoch, Instant now) {
    return new CredentialLeaseStatus(
        LeasePhase.Pending,
        epoch,
        subject.name(),
        lease.getStatus() == null ? null : lease.getStatus().activatedAt(),
        null,
        approval(lease),
        inactive(lease, Reason.Issued, now));
  }

  /** The pod holds the secret; the account is enabled right after this is written. */
  static CredentialLeaseStatus active(
      CredentialLease lease,
      Subject subject,
      long epoch,
      Instant now,
      Instant expiresAt,
      @Nullable Approval approval) {
    return new CredentialLeaseStatus(
        LeasePhase.Active,
        epoch,
        subject.name(),
        activatedAt(lease, now),
        expiresAt.toString(),
        approval,
        active(lease, Reason.Activated, now));
  }

  /**
   * The account's validity is extended right after this is written, or material issued that is
   * valid until then.
   */
  static CredentialLeaseStatus renewed(
      CredentialLease lease, long epoch, Instant now, Instant expiresAt) {
    var status = lease.getStatus();
    return new CredentialLeaseStatus(
        LeasePhase.Active,
        epoch,
        status.subject(),
        status.activatedAt(),
        expiresAt.toString(),
        approval(lease),
        active(lease, Reason.Renewed, now));
  }

  /** An acknowledgement that is repeated leaves the time of the first. */
  private static String activatedAt(CredentialLease lease, Instant now) {
    var status = lease.getStatus();
    var before = status == null ? null : status.activatedAt();
    return before == null ? now.truncatedTo(ChronoUnit.SECONDS).toString() : before;
  }

  private static @Nullable Approval approval(CredentialLease lease) {
    var status = lease.getStatus();
    return status == null ? null : status.approval();
  }

  private static List<Condition> active(CredentialLease lease, Reason reason, Instant now) {
    return with(lease, new Statement.Holds(Conditions.ACTIVE, reason, reason.meaning()), now);
  }

  private static List<Condition> inactive(CredentialLease lease, Reason reason, Instant now) {
    return with(lease, new Statement.Fails(Conditions.ACTIVE, reason, reason.meaning()), now);
  }

  private static List<Condition> with(CredentialLease lease, Statement said, Instant now) {
    var status = lease.getStatus();
    return Conditions.with(
        status == null ? null : status.conditions(),
        said,
        lease.getMetadata().getGeneration(),
        now);
  }
}
