package dev.hallpass.policy;

import java.time.Duration;
import java.util.regex.Pattern;

/** Durations as manifests spell them: {@code 90s}, {@code 15m}, {@code 1h30m}. */
public final class Durations {
  private static final Pattern TERM = Pattern.compile("([0-9]+)([smh])");

  private Durations() {}

  /**
   * Reads a duration.
   *
   * @throws IllegalArgumentException where the text is not one
   */
  public static Duration parse(String text) {
    try {
      return sum(text);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("no duration is so long: " + text, e);
    }
  }

  private static Duration sum(String text) {
    var total = Duration.ZERO;
    var terms = TERM.matcher(text);
    var read = 0;
    while (terms.find() && terms.start() == read) {
      var count = Long.parseLong(terms.group(1));
      total =
          total.plus(
              switch (terms.group(2)) {
                case "s" -> Duration.ofSeconds(count);
                case "m" -> Duration.ofMinutes(count);
                case "h" -> Duration.ofHours(count);
                default -> throw new IllegalStateException("unmatched unit");
              });
      read = terms.end();
    }
    if (read == 0 || read != text.length()) {
      throw new IllegalArgumentException("not a duration: " + text);
    }
    return total;
  }

  /** Writes a duration of whole seconds, so that {@link #parse} reads the same. */
  public static String format(Duration duration) {
    var text = new StringBuilder();
    if (duration.toHours() > 0) {
      text.append(duration.toHours()).append('h');
    }
    if (duration.toMinutesPart() > 0) {
      text.append(duration.toMinutesPart()).append('m');
    }
    if (duration.toSecondsPart() > 0 || text.isEmpty()) {
      text.append(duration.toSecondsPart()).append('s');
    }
    return text.toString();
  }
}
