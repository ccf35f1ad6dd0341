package dev.hallpass.reconcile.lease;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.audit.AuditEvent;
import dev.hallpass.audit.AuditEvent.Operation;
import dev.hallpass.audit.AuditEvent.Outcome;
import dev.hallpass.audit.Held;
import dev.hallpass.lease.Grounds;
import dev.hallpass.policy.Durations;
import dev.hallpass.policy.PolicyFacts;
import dev.hallpass.policy.PolicyVerdict;
import dev.hallpass.wire.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is said to a lease that stands. */
sealed interface Heard {

  /** There are no policies, and where none matches all is allowed. */
  record Unneeded() implements Heard {}

  /**
   * Policies were not asked: the provider does not allow it, or what they decide about is gone.
   *
   * @param why what a person reads
   */
  record Refused(Reason reason, String why) implements Heard {}

  /**
   * Policies were asked.
   *
   * @param told what they were told
   */
  record Judged(PolicyVerdict verdict, PolicyFacts told) implements Heard {}

  /**
   * What was decided for it, as the trail tells of it.
   *
   * @throws IllegalArgumentException where what policies were told has no digest
   */
  default AuditEvent.Decided decided(
      CredentialLease lease,
      Operation operation,
      Outcome outcome,
      @Nullable Reason reason,
      String message) {
    var judged = this instanceof Judged asked ? asked : null;
    var limits = judged == null || outcome == Outcome.Denied ? null : judged.verdict().allowed();
    var breakGlass = lease.getSpec().breakGlass();
    return new AuditEvent.Decided(
        Held.of(lease),
        operation,
        outcome,
        reason,
        message,
        judged == null ? List.of() : Grounds.policies(judged.verdict()),
        judged == null ? null : Grounds.inputs(judged.told()),
        limits == null ? null : Durations.format(limits.ttl()),
        limits == null ? null : Durations.format(limits.maxLifetime()),
        breakGlass == null
            ? null
            : new AuditEvent.BreakGlassId(breakGlass.name(), breakGlass.uid()));
  }
}
