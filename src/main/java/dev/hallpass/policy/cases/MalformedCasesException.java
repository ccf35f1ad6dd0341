package dev.hallpass.policy.cases;

/** A file of policies or cases that cannot be read; the message names the field and the fix. */
public final class MalformedCasesException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MalformedCasesException(String message) {
    super(message);
  }
}
