package dev.hallpass.lease;

import dev.hallpass.wire.Excerpt;
import dev.hallpass.wire.Reason;
import org.jspecify.annotations.Nullable;

/** A call is refused. The message is fit for the caller: it names the fix and holds no secret. */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final String detail;
  private final @Nullable String keyAlgorithm;

  /** For this reason. */
  public RefusedException(Reason reason, String message) {
    this(reason, message, null);
  }

  private RefusedException(Reason reason, String message, @Nullable String keyAlgorithm) {
    var told = Excerpt.of(message, Excerpt.STATEMENTS);
    super(told);
    this.keyAlgorithm = keyAlgorithm;
    this.reason = reason;
    this.detail = told;
  }

  /** The pod must prove a key of this algorithm. */
  public static RefusedException keyRequired(String algorithm) {
    return new RefusedException(
        Reason.KeyRequired, "a key of algorithm %s is needed".formatted(algorithm), algorithm);
  }

  /** With {@code KeyRequired}: what the key must be made by; null otherwise. */
  public @Nullable String keyAlgorithm() {
    return keyAlgorithm;
  }

  /** The message, which is never absent. */
  public String detail() {
    return detail;
  }

  /** The code. */
  public Reason reason() {
    return reason;
  }
}
