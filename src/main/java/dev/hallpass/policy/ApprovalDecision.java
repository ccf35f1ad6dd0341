package dev.hallpass.policy;

import static java.util.stream.Collectors.joining;

import dev.hallpass.wire.Reason;
import java.util.List;

/** How a credential stands with the people whom policies ask. */
public sealed interface ApprovalDecision {

  /**
   * Nobody is asked, or all said yes.
   *
   * @param tallies who did, for each policy that asks
   */
  record Given(List<Tally> tallies) implements ApprovalDecision {}

  /**
   * Somebody must still say yes.
   *
   * @param tallies who did, for each policy that asks
   */
  record Missing(List<Tally> tallies) implements ApprovalDecision {

    List<Denial> denials() {
      return tallies.stream()
          .filter(t -> !t.enough())
          .map(
              t ->
                  new Denial(
                      t.demand().policy(),
                      t.demand().generation(),
                      Denial.Ground.Silence,
                      Reason.ApprovalRequired.name(),
                      t.toString()))
          .toList();
    }

    /** The policies that wait, in words. */
    public String sentence() {
      return tallies.stream().filter(t -> !t.enough()).map(Tally::toString).collect(joining("; "));
    }
  }

  /**
   * Somebody said no.
   *
   * @param approver who did
   * @param demand for which they may speak
   * @param message what a person reads
   */
  record Refused(String approver, ApprovalDemand demand, String message)
      implements ApprovalDecision {
    Denial denial() {
      return new Denial(
          demand.policy(),
          demand.generation(),
          Denial.Ground.Refusal,
          Reason.ApprovalDenied.name(),
          message);
    }
  }

  /**
   * Who approved for a policy.
   *
   * @param demand what it asks
   * @param approvers their user names, each once, in order
   */
  record Tally(ApprovalDemand demand, List<String> approvers) {

    /** Whether the policy is content. */
    public boolean enough() {
      return approvers.size() >= demand.needed();
    }

    @Override
    public String toString() {
      return "CredentialPolicy %s has %d of %d approvals%s"
          .formatted(
              demand.policy(),
              approvers.size(),
              demand.needed(),
              approvers.isEmpty() ? "" : " (%s)".formatted(String.join(", ", approvers)));
    }
  }
}
