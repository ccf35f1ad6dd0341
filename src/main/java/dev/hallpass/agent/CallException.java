package dev.hallpass.agent;

import dev.hallpass.wire.Reason;
import org.jspecify.annotations.Nullable;

/** A step on the way to a credential failed. The message holds no secrets. */
final class CallException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final @Nullable String keyAlgorithm;

  CallException(Reason reason, String detail) {
    this(reason, detail, (String) null);
  }

  CallException(Reason reason, String detail, @Nullable String keyAlgorithm) {
    super(detail);
    this.reason = reason;
    this.keyAlgorithm = keyAlgorithm;
  }

  CallException(Reason reason, String detail, Throwable cause) {
    super(detail, cause);
    this.reason = reason;
    this.keyAlgorithm = null;
  }

  /** What a key must be made by, where one is required; null otherwise. */
  @Nullable String keyAlgorithm() {
    return keyAlgorithm;
  }

  Reason reason() {
    return reason;
  }
}
