package dev.hallpass.policy;

import dev.hallpass.policy.IssueDecision.Allow;
import java.util.List;

/**
 * What policies say of a credential that requests and providers allow.
 *
 * @param denials what stands in the way; where there is none, it may be issued
 * @param reported what would stand in the way if policies in {@code Audit} were enforced
 * @param waived what would stand in the way if no break-glass were open
 * @param allowed within these limits
 */
public record PolicyVerdict(
    List<Denial> denials, List<Denial> reported, List<Denial> waived, Allow allowed) {

  /** The policies that gave way, by their names, each once. */
  public List<String> waivedPolicies() {
    return waived.stream().map(Denial::policy).distinct().toList();
  }

  /** Whether nothing stands in the way. */
  public boolean allows() {
    return denials.isEmpty();
  }
}
