package dev.hallpass.agent;

import dev.hallpass.agent.Options.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How the agent ends. As a shutdown hook it answers SIGTERM, whatever the other threads are doing.
 *
 * <p>A sidecar that was told to end did its job: 0. An init container that was told to end before
 * it was done did not, and must never look as if it had: 143, as for any process that SIGTERM
 * ended.
 */
final class LastWords extends Thread {
  private static final int TERMINATED = 143;

  private final Log log;
  private final Path terminationLog;
  private final Mode mode;
  private final Duty duty;

  LastWords(Log log, Options options, Duty duty) {
    super("last-words");
    this.log = log;
    this.terminationLog = options.terminationLog();
    this.mode = options.mode();
    this.duty = duty;
  }

  @Override
  public void run() {
    var obstacles = duty.obstacles();
    log.info("told to end");
    end(mode == Mode.SIDECAR ? 0 : TERMINATED, obstacles);
  }

  /** Ends the process with this status, and this text for {@code kubectl describe pod}. */
  void end(int status, String text) {
    write(log, terminationLog, text);
    // Not exit: that would run the shutdown hook, and wait for what it waits for.
    Runtime.getRuntime().halt(status);
  }

  /** Leaves a text where kubelet looks for it, and nowhere where there is no kubelet. */
  static void write(Log log, Path terminationLog, String text) {
    if (text.isEmpty() || !Files.exists(terminationLog)) {
      return;
    }
    try {
      Files.writeString(terminationLog, text);
    } catch (IOException e) {
      log.error(terminationLog + " cannot be written: " + e.getMessage());
    }
  }
}
