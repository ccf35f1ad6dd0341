package dev.hallpass.provider;

import dev.hallpass.wire.Excerpt;
import dev.hallpass.wire.Reason;

/**
 * A target could not do what was asked. The message is fit for people and holds no secret; it is
 * cut at {@value Excerpt#STATEMENT} characters, as a server says what it likes.
 */
public final class TargetException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** With the cause's own words in the message, where they hold no secret. */
  public TargetException(Reason reason, String message, Throwable cause) {
    super(Excerpt.of(message, Excerpt.STATEMENT), cause);
    this.reason = reason;
  }

  /** Without a cause. */
  public TargetException(Reason reason, String message) {
    super(Excerpt.of(message, Excerpt.STATEMENT));
    this.reason = reason;
  }

  /** The code of what went wrong. */
  public Reason reason() {
    return reason;
  }
}
