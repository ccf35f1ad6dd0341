package dev.hallpass.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A trail that was written and closed, for tests of those who read it.
 *
 * @param files in which it is; that of the second chain, which knows of the first, comes last
 * @param key a file with the key that signed it
 * @param lease one that it tells of
 */
public record WrittenTrail(List<Path> files, Path key, String lease) {

  /** Writes one into that folder. */
  public static WrittenTrail in(Path folder) throws IOException {
    var trail = new TestTrail(Files.createDirectories(folder.resolve("trail")));
    trail.run("broker-1", 7);
    trail.run("broker-2", 1);
    var key = folder.resolve("key");
    Files.writeString(key, trail.key.trusted().text());
    return new WrittenTrail(trail.files(), key, TestEvents.held().lease().name());
  }
}
