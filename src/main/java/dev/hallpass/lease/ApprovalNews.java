package dev.hallpass.lease;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.policy.ApprovalDecision.Missing;
import dev.hallpass.policy.ApprovalDecision.Tally;
import java.util.List;

/** Told where people are asked, and where all of them have said yes. Returns at once. */
public interface ApprovalNews {

  /** The lease waits, or somebody more has said yes. */
  void awaited(Claim claim, CredentialLease lease, Missing missing);

  /** A lease that waited goes on. */
  void given(Claim claim, CredentialLease lease, List<Tally> tallies);
}
