package dev.hallpass.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * A trail that was written and closed, for tests of those who read it.
 *
 * @param files in which it is; that of the second chain, which knows of the first, comes last
 * @param key a file with the key that signed it
 * @param lease the name of two that it tells of, one after the other
 * @param uid of the first
 * @param next the UID of the second
 */
public record WrittenTrail(List<Path> files, Path key, String lease, String uid, String next) {
  private static final String NEXT = "99999999-9999-4999-8999-999999999999";

  /** Writes one into that folder. */
  public static WrittenTrail in(Path folder) throws IOException {
    var trail = new TestTrail(Files.createDirectories(folder.resolve("trail")));
    trail.run("broker-1", 7);
    var lease = Objects.requireNonNull(TestEvents.held().lease());
    var next = TestEvents.held().under(new Held.LeaseId(lease.name(), NEXT));
    trail.run("broker-2", new AuditEvent.Issued(next, 1, "20m"));
    var key = folder.resolve("key");
    Files.writeString(key, trail.key.trusted().text());
    return new WrittenTrail(trail.files(), key, lease.name(), lease.uid(), NEXT);
  }
}
