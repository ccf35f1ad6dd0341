package dev.hallpass.lease;

import dev.hallpass.wire.Reason;

/** A call is refused. The message is fit for the caller: it names the fix and holds no secret. */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final String detail;

  /** For this reason. */
  public RefusedException(Reason reason, String message) {
    super(message);
    this.reason = reason;
    this.detail = message;
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
