package dev.hallpass.reconcile.lease;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.audit.AuditEvent;
import dev.hallpass.audit.AuditEvent.Operation;
import dev.hallpass.audit.AuditEvent.Outcome;
import dev.hallpass.lease.Verdict.End;
import dev.hallpass.policy.Denial;
import dev.hallpass.policy.Denial.Ground;
import dev.hallpass.wire.Reason;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What policies have against a lease that stands.
 *
 * @param heard all that they said to it
 * @param refusals the denials that end it; may be none
 */
record Withdrawal(CredentialLease lease, Heard.Judged heard, List<Denial> refusals) {
  private static final Logger LOG = Logger.getLogger(Withdrawal.class);

  /** Its end, where there is a denial that ends it. */
  Optional<End> end() {
    if (refusals.isEmpty()) {
      return Optional.empty();
    }
    var message = Denial.sentence(refusals);
    return Optional.of(
        refusals.stream().anyMatch(d -> d.ground() == Ground.Refusal)
            ? new End(EndedBy.ApprovalDenied, message, decision(Reason.ApprovalDenied, message))
            : new End(EndedBy.PolicyWithdrawn, message, decision(Reason.PolicyDenied, message)));
  }

  /** A pod that cannot be told of must not keep what it has for that. */
  private AuditEvent.@Nullable Decided decision(Reason reason, String message) {
    try {
      return heard.decided(lease, Operation.Review, Outcome.Denied, reason, message);
    } catch (IllegalArgumentException e) {
      LOG.errorf(
          e,
          "the trail cannot tell on which grounds policies end a lease: namespace=%s lease=%s",
          lease.getMetadata().getNamespace(),
          lease.getMetadata().getName());
      return null;
    }
  }
}
