package dev.hallpass.audit;

import java.time.Duration;

/**
 * How a process keeps its trail.
 *
 * @param installation eight hex digits that tell this Hallpass from others
 * @param process what it is: broker or controller
 * @param writer this one of them, e.g. the name of its pod
 * @param every after how many records at most a checkpoint follows
 * @param within after which time at most a checkpoint follows a record
 * @param capacity how many records may wait for their sinks
 * @param bytes how large what they tell may be together
 * @param patience how long a caller waits for a record that must be written
 */
public record JournalSettings(
    String installation,
    String process,
    String writer,
    int every,
    Duration within,
    int capacity,
    long bytes,
    Duration patience) {

  /** The usual ones. */
  public static JournalSettings of(String installation, String process, String writer) {
    return new JournalSettings(
        installation,
        process,
        writer,
        256,
        Duration.ofSeconds(30),
        20_000,
        32L << 20,
        Duration.ofSeconds(5));
  }
}
