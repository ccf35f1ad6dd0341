package dev.hallpass.docs;

import dev.hallpass.cli.CommandLineDescription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Generates the reference of the plugin. {@code hack/generate} runs {@link #main}. */
final class CliPage {
  static final Path FILE = Path.of("docs/reference/cli.md");

  private CliPage() {}

  static String generate() {
    return CommandLineDescription.page();
  }

  public static void main(String[] args) throws IOException {
    Files.writeString(
        Files.createDirectories(FILE.getParent()).resolve(FILE.getFileName()), generate());
  }
}
