package dev.hallpass.policy;

import dev.hallpass.policy.IssueDecision.Allow;
import java.util.List;

/**
 * What policies say of a credential that requests and providers allow.
 *
 * @param denials what stands in the way; where there is none, it may be issued
 * @param reported what would stand in the way if policies in {@code Audit} were enforced
 * @param allowed within these limits
 */
public record PolicyVerdict(List<Denial> denials, List<Denial> reported, Allow allowed) {

  /** Whether nothing stands in the way. */
  public boolean allows() {
    return denials.isEmpty();
  }
}
