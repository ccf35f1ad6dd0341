package dev.hallpass.wire;

/** A message is not what the protocol says. Its text quotes nothing of the message. */
public final class MalformedMessageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MalformedMessageException(String message) {
    super(message);
  }
}
