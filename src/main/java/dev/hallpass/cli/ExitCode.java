package dev.hallpass.cli;

/** How a command ends, for scripts. {@code docs/reference/cli.md} is generated from this list. */
enum ExitCode {
  OK(0, "What was asked for is done or shown, and nothing is wrong."),
  FINDING(
      1,
      "Something needs attention: a failed check, a pod that waits, a revocation that was not"
          + " confirmed in time, or a confirmation that was declined."),
  USAGE(2, "The command line is wrong; the message says what is."),
  REFUSED(
      3,
      "The API server refuses the call, or does not answer; the message names the call, or the server."),
  ABSENT(4, "What the command names does not exist."),
  INTERNAL(70, "An error of the plugin itself.");

  private final int code;
  private final String meaning;

  ExitCode(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  /** What the process returns. */
  public int code() {
    return code;
  }

  /** When a command ends so. */
  public String meaning() {
    return meaning;
  }
}
