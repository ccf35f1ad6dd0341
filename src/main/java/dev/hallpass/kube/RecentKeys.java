package dev.hallpass.kube;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Keys that were seen a moment ago, the latest of them. Thread-safe. */
public final class RecentKeys {
  private static final int REMEMBERED = 10_000;

  private final Duration memory;
  private final Clock clock;
  private final Map<String, Instant> until = new LinkedHashMap<>();

  /** Remembers each key that long. */
  public RecentKeys(Duration memory, Clock clock) {
    this.memory = memory;
    this.clock = clock;
  }

  /** Whether the key was added a moment ago. */
  public synchronized boolean contains(String key) {
    var end = until.get(key);
    return end != null && clock.instant().isBefore(end);
  }

  /** Adds the key, unless it is there still; returns whether it was added. */
  public synchronized boolean add(String key) {
    if (contains(key)) {
      return false;
    }
    until.remove(key);
    until.put(key, clock.instant().plus(memory));
    if (until.size() > REMEMBERED) {
      until.remove(until.keySet().iterator().next());
    }
    return true;
  }
}
