package dev.hallpass.reconcile.lease;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.audit.AuditEvent.Operation;
import dev.hallpass.audit.AuditEvent.Outcome;
import dev.hallpass.audit.AuditLog;
import dev.hallpass.audit.AuditUnavailableException;
import dev.hallpass.audit.Trace;
import dev.hallpass.kube.RecentKeys;
import dev.hallpass.wire.Reason;
import java.time.Clock;
import java.time.Duration;

/** Has the trail tell of each decision to extend a lease, or not to. */
final class ExtensionRecords {
  /** What is not extended is asked about every minute; this often it is said again. */
  private static final Duration REFUSALS_REMEMBERED = Duration.ofHours(1);

  private final AuditLog audit;
  private final RecentKeys refusals;

  ExtensionRecords(AuditLog audit, Clock clock) {
    this.audit = audit;
    this.refusals = new RecentKeys(REFUSALS_REMEMBERED, clock);
  }

  /**
   * It may be extended.
   *
   * @throws AuditUnavailableException where it may not after all, as it cannot be recorded
   */
  void allowed(CredentialLease lease, Heard heard) {
    audit.require(heard.decided(lease, Operation.Extend, Outcome.Allowed, null, ""), trace(lease));
  }

  /** It may not be extended, or could not be. */
  void refused(CredentialLease lease, Heard heard, Reason reason, String message) {
    var key = String.join("\n", lease.getMetadata().getUid(), reason.name(), message);
    if (refusals.add(key)) {
      audit.note(
          heard.decided(lease, Operation.Extend, Outcome.Denied, reason, message), trace(lease));
    }
  }

  private static Trace trace(CredentialLease lease) {
    return Trace.ofLease(lease.getMetadata().getUid());
  }
}
