package dev.hallpass.cli;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Times as a person reads them: how long ago, or how long yet, in two units at most. */
final class Spans {
  private static final int FEW_MINUTES = 10;
  private static final int FEW_HOURS = 10;
  private static final int FEW_DAYS = 3;

  private Spans() {}

  /** A duration, e.g. {@code 45s}, {@code 4m30s}, {@code 12m}, {@code 3h20m}, {@code 5d}. */
  static String of(Duration span) {
    var time = span.isNegative() ? Duration.ZERO : span;
    if (time.toMinutes() < 1) {
      return time.toSeconds() + "s";
    }
    if (time.toHours() < 1) {
      return time.toMinutes()
          + "m"
          + rest(time.toMinutes() < FEW_MINUTES, time.toSecondsPart(), "s");
    }
    if (time.toDays() < FEW_DAYS) {
      return time.toHours() + "h" + rest(time.toHours() < FEW_HOURS, time.toMinutesPart(), "m");
    }
    return time.toDays() + "d";
  }

  private static String rest(boolean wanted, int count, String unit) {
    return wanted && count > 0 ? count + unit : "";
  }

  /** How old what was created then is; empty where it is not known. */
  static String age(@Nullable String created, Instant now) {
    return created == null ? "" : of(Duration.between(Instant.parse(created), now));
  }

  /** When it ends, e.g. {@code in 4m}, or {@code 10s ago}; empty where it is not known. */
  static String until(@Nullable String end, Instant now) {
    if (end == null) {
      return "";
    }
    var left = Duration.between(now, Instant.parse(end));
    return left.isNegative() ? of(left.negated()) + " ago" : "in " + of(left);
  }
}
