package dev.hallpass.kube;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Values that were seen a moment ago, the latest of them, by key. Thread-safe.
 *
 * @param <T> what is remembered
 */
public final class Recent<T> {
  private final int most;
  private final Duration memory;
  private final Clock clock;
  private final Map<String, Seen<T>> values = new LinkedHashMap<>();

  private record Seen<T>(T value, Instant until) {}

  /**
   * Remembers each value that long.
   *
   * @param most of them; the oldest goes first
   */
  public Recent(int most, Duration memory, Clock clock) {
    this.most = most;
    this.memory = memory;
    this.clock = clock;
  }

  /** The value of that key. */
  public synchronized Optional<T> get(String key) {
    forgetOld();
    return Optional.ofNullable(values.get(key)).map(Seen::value);
  }

  /** The value of that key, which is then forgotten. */
  public synchronized Optional<T> take(String key) {
    forgetOld();
    return Optional.ofNullable(values.remove(key)).map(Seen::value);
  }

  /** Remembers a value from now on. */
  public synchronized void put(String key, T value) {
    forgetOld();
    values.remove(key);
    values.put(key, new Seen<>(value, clock.instant().plus(memory)));
    if (values.size() > most) {
      values.remove(values.keySet().iterator().next());
    }
  }

  /** All are remembered for the same time, so the oldest come first. */
  private void forgetOld() {
    var now = clock.instant();
    var oldest = values.values().iterator();
    while (oldest.hasNext() && !oldest.next().until().isAfter(now)) {
      oldest.remove();
    }
  }
}
