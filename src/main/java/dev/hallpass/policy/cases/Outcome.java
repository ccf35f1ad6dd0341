package dev.hallpass.policy.cases;

import java.util.List;

/**
 * What came of one case, or of compiling one policy.
 *
 * @param name as its author named it
 * @param differences what is other than expected, a line each; none where it passed
 */
public record Outcome(String name, List<String> differences) {

  /** Whether all was as expected. */
  public boolean passed() {
    return differences.isEmpty();
  }
}
