package dev.hallpass.cli;

import dev.hallpass.cli.Finding.Weight;
import java.util.List;

/**
 * Why an object stands as it does.
 *
 * @param about the object, as people name it
 * @param headline how it stands, in a few words
 * @param findings what stands in its way first
 * @param unseen what this user may not see, and so was not looked at
 */
record Explanation(String about, String headline, List<Finding> findings, List<String> unseen) {

  /** Whether anything stands in its way. */
  boolean blocked() {
    return findings.stream().anyMatch(f -> f.weight() == Weight.BLOCKS);
  }
}
