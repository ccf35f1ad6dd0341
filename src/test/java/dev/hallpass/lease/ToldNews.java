package dev.hallpass.lease;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.policy.ApprovalDecision.Missing;
import dev.hallpass.policy.ApprovalDecision.Tally;
import java.util.ArrayList;
import java.util.List;

/** Keeps what it was told. */
final class ToldNews implements ApprovalNews {
  final List<String> told = new ArrayList<>();

  @Override
  public void awaited(Claim claim, CredentialLease lease, Missing missing) {
    told.add("awaited " + missing.sentence());
  }

  @Override
  public void given(Claim claim, CredentialLease lease, List<Tally> tallies) {
    told.add("given " + tallies);
  }
}
