package dev.hallpass.docs;

import dev.hallpass.wire.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Generates the table of reason codes. {@code hack/generate} runs {@link #main}. */
final class ReasonTable {
  static final Path FILE = Path.of("docs/reference/reasons.md");

  private ReasonTable() {}

  static String generate() {
    var page =
        new StringBuilder(
            """
            # Reason codes

            Generated from `dev.hallpass.wire.Reason` by `hack/generate`. Each outcome has one code: the same word in
            conditions, Events, HTTP answers, metrics and logs.

            | code | what it means | then |
            |---|---|---|
            """);
    for (var reason : Reason.values()) {
      page.append("| `%s` | %s | %s |%n".formatted(reason, reason.meaning(), then(reason.kind())));
    }
    return page.toString();
  }

  /** What follows from it. */
  private static String then(Reason.Kind kind) {
    return switch (kind) {
      case REPORT -> "";
      case MALFORMED -> "a bug: report it";
      case UNPROVEN -> "refused";
      case REFUSED, ABSENT -> "**change something**; until then it is tried again each minute";
      case LEASE_UNKNOWN, LEASE_OVER -> "the agent asks for a new lease";
      case OUTDATED -> "the newer call counts";
      case WAITING -> "**people decide**; meanwhile the pod waits";
      case BUSY -> "passes in a second";
      case UNAVAILABLE -> "passes by itself, or **mend** what it names";
      case BROKEN -> "a bug: report it, with the log";
    };
  }

  public static void main(String[] args) throws IOException {
    Files.writeString(
        Files.createDirectories(FILE.getParent()).resolve(FILE.getFileName()), generate());
  }
}
