package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the plugin prints, compared with files that people read. */
final class Golden {
  private static final Path FOLDER = Path.of("src/test/resources/cli");

  private Golden() {}

  /** Reads objects of one kind, from the file's documents. */
  static String input(String file) {
    return read(file);
  }

  static void assertPrinted(String actual, String file) {
    if (Boolean.getBoolean("hallpass.golden.write")) {
      write(file, actual);
    }
    assertThat(actual).as(file).isEqualTo(read(file));
  }

  private static String read(String file) {
    try {
      return Files.readString(FOLDER.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(String file, String text) {
    try {
      Files.writeString(FOLDER.resolve(file), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
