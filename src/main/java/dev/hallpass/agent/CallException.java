package dev.hallpass.agent;

import dev.hallpass.wire.Reason;

/** A step on the way to a credential failed. The message holds no secrets. */
final class CallException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  CallException(Reason reason, String detail) {
    super(detail);
    this.reason = reason;
  }

  CallException(Reason reason, String detail, Throwable cause) {
    super(detail, cause);
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }
}
