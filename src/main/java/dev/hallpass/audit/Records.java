package dev.hallpass.audit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the lines of files, each of which should be a record. */
final class Records {
  /** A line of more bytes is none: whoever wrote the file could have memory filled. */
  static final int LONGEST = 1 << 20;

  /** Hears of each line. */
  interface Reader {

    /** A JSON object. */
    void record(Path file, long line, Map<String, @Nullable Object> event);

    /** Something else. */
    void unreadable(Path file, long line, String why);
  }

  private Records() {}

  static void read(Path file, Reader reader) throws IOException {
    try (var in = new BufferedInputStream(Files.newInputStream(file))) {
      var line = new ByteArrayOutputStream();
      var number = 1L;
      for (var b = in.read(); b >= 0; b = in.read()) {
        if (b == '\n') {
          line(file, number++, line.toByteArray(), reader);
          line.reset();
        } else if (line.size() <= LONGEST) {
          line.write(b);
        }
      }
      if (line.size() > 0) {
        line(file, number, line.toByteArray(), reader);
      }
    }
  }

  private static void line(Path file, long number, byte[] bytes, Reader reader) {
    if (bytes.length > LONGEST) {
      reader.unreadable(file, number, "longer than %d bytes".formatted(LONGEST));
      return;
    }
    Map<String, @Nullable Object> event;
    try {
      event =
          Digest.read(
              StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      reader.unreadable(file, number, "not UTF-8");
      return;
    } catch (IllegalArgumentException e) {
      reader.unreadable(file, number, String.valueOf(e.getMessage()));
      return;
    }
    reader.record(file, number, event);
  }
}
