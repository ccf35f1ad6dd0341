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
          ExitCode.USAGE, "%s: %s; write it as 30s, 5m or 1h30m".formatted(option, e.getMessage()));
    }
  }
}
