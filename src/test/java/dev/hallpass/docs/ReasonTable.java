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

            | code | what it means |
            |---|---|
            """);
    for (var reason : Reason.values()) {
      page.append("| `%s` | %s |%n".formatted(reason, reason.meaning()));
    }
    return page.toString();
  }

  public static void main(String[] args) throws IOException {
    Files.writeString(
        Files.createDirectories(FILE.getParent()).resolve(FILE.getFileName()), generate());
  }
}
