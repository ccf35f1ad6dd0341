package dev.hallpass.cli;

/** Ends a command with a line for the person who gave it. */
final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ExitCode code;
  private final String line;

  Failure(ExitCode code, String message) {
    super(message);
    this.code = code;
    this.line = message;
  }

  /** What the person reads. */
  String line() {
    return line;
  }

  ExitCode code() {
    return code;
  }
}
