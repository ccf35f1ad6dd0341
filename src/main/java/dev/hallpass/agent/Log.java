package dev.hallpass.agent;

import dev.hallpass.wire.Reason;
import java.io.PrintStream;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lines in logfmt with a fixed set of keys: time, level, msg, request, credential, lease, reason. A
 * logging framework would cost more memory than the rest of the agent.
 */
final class Log {
  private static final int MAX_VALUE = 500;

  private final PrintStream out;
  private final Clock clock;

  Log(PrintStream out, Clock clock) {
    this.out = out;
    this.clock = clock;
  }

  void info(String message) {
    line("info", message, null, null, null);
  }

  void info(String message, CredentialName credential, String lease) {
    line("info", message, credential, lease, null);
  }

  void warn(String message, CredentialName credential, @Nullable String lease, Reason reason) {
    line("warn", message, credential, lease, reason);
  }

  void error(String message) {
    line("error", message, null, null, null);
  }

  private void line(
      String level,
      String message,
      @Nullable CredentialName credential,
      @Nullable String lease,
      @Nullable Reason reason) {
    var line = new StringBuilder(160);
    line.append("time=").append(clock.instant().truncatedTo(ChronoUnit.MILLIS));
    line.append(" level=").append(level);
    append(line, "msg", message);
    if (credential != null) {
      append(line, "request", credential.request());
      append(line, "credential", credential.credential());
    }
    append(line, "lease", lease);
    append(line, "reason", reason == null ? null : reason.name());
    line.append('\n');
    // One write per line: lines of two threads never mix.
    out.print(line);
    out.flush();
  }

  private static void append(StringBuilder line, String key, @Nullable String value) {
    if (value == null) {
      return;
    }
    line.append(' ').append(key).append("=\"");
    for (var i = 0; i < Math.min(value.length(), MAX_VALUE); i++) {
      var c = value.charAt(i);
      if (c == '"' || c == '\\') {
        line.append('\\');
      }
      // Nobody can start a line of their own, nor move the cursor of a terminal.
      line.append(Character.isISOControl(c) ? ' ' : c);
    }
    line.append('"');
  }
}
