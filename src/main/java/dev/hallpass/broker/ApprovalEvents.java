package dev.hallpass.broker;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.kube.Events;
import dev.hallpass.lease.ApprovalNews;
import dev.hallpass.lease.Claim;
import dev.hallpass.lease.LeaseLine;
import dev.hallpass.policy.ApprovalDecision.Missing;
import dev.hallpass.policy.ApprovalDecision.Tally;
import dev.hallpass.wire.Reason;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** Tells of approvals where people look: on the pod, its request, and the lease. */
final class ApprovalEvents implements ApprovalNews {
  private static final Logger LOG = Logger.getLogger(ApprovalEvents.class);

  private final Events events;

  ApprovalEvents(Events events) {
    this.events = events;
  }

  @Override
  public void awaited(Claim claim, CredentialLease lease, Missing missing) {
    var approval = Objects.requireNonNull(lease.getStatus().approval());
    tell(
        claim,
        lease,
        Reason.ApprovalAwaited,
        "Credential %s waits for approval of lease %s until %s: %s"
            .formatted(
                claim.credential().name(),
                lease.getMetadata().getName(),
                approval.deadline(),
                missing.sentence()));
  }

  @Override
  public void given(Claim claim, CredentialLease lease, List<Tally> tallies) {
    tell(
        claim,
        lease,
        Reason.ApprovalGiven,
        tallies.isEmpty()
            ? "Credential %s: no policy asks for approval any more"
                .formatted(claim.credential().name())
            : "Credential %s is approved: %s"
                .formatted(
                    claim.credential().name(),
                    tallies.stream().map(Tally::toString).collect(Collectors.joining("; "))));
  }

  private void tell(Claim claim, CredentialLease lease, Reason reason, String message) {
    LOG.info(LeaseLine.of("approval", lease, reason, message));
    events.say(Events.aboutPod(lease), Events.Type.Normal, reason, message);
    events.say(Events.about(claim.request()), Events.Type.Normal, reason, message);
    events.say(Events.about(lease), Events.Type.Normal, reason, message);
  }
}
