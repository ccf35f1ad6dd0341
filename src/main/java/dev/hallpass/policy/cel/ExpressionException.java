package dev.hallpass.policy.cel;

import org.jspecify.annotations.Nullable;

/** An expression that cannot be compiled, or has no value; the message says where and why. */
public final class ExpressionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ExpressionException(@Nullable String message, Throwable cause) {
    super(message, cause);
  }

  ExpressionException(String message) {
    super(message);
  }
}
