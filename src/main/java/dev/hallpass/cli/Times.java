package dev.hallpass.cli;

import dev.hallpass.policy.Durations;
import java.time.Duration;

/** Times on a command line. */
final class Times {
  private Times() {}

  /**
   * Reads a time, e.g. {@code 90s}.
   *
   * @throws Failure that names the option
   */
  static Duration parse(String option, String text) {
    try {
      return Durations.parse(text);
    } catch (IllegalArgumentException e) {
      throw new Failure(
          ExitCode.USAGE,
          "%s: %s; the units are h, m and s: write it as 30s, 5m or 1h30m, and a day as 24h"
              .formatted(option, e.getMessage()));
    }
  }
}
