package dev.hallpass.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;

/** Commands that a machine may lack. */
public final class Installed {
  private Installed() {}

  /** Skips the test where there is none, and says what to install. */
  public static void orSkip(String command) {
    var folders = System.getenv("PATH").split(File.pathSeparator, -1);
    if (Arrays.stream(folders).noneMatch(f -> Files.isExecutable(Path.of(f, command)))) {
      Assumptions.abort(
          "not run, as there is no %s: install the package %s of your system"
              .formatted(command, command));
    }
  }
}
