package dev.hallpass.cli;

import dev.hallpass.wire.Reason;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What to do about a reason. */
final class Advice {
  private Advice() {}

  static String on(Reason reason) {
    return reason == Reason.PolicyDenied
        ? "do what the message says; the agent asks again by itself"
        : reason.meaning();
  }

  /** The same by its word, as conditions have it; null for words that are not ours. */
  static @Nullable String on(String word) {
    return reason(word).map(Advice::on).orElse(null);
  }

  private static Optional<Reason> reason(String word) {
    return Arrays.stream(Reason.values()).filter(r -> r.name().equals(word)).findFirst();
  }
}
