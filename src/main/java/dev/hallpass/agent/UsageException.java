package dev.hallpass.agent;

/** The agent was started with something it cannot work with; the message says how to write it. */
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }
}
