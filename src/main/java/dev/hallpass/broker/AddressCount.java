package dev.hallpass.broker;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many of something there are of each address at the moment. Knows no address of which there is
 * none. Thread-safe.
 */
public final class AddressCount {
  private final Map<String, Integer> counts = new ConcurrentHashMap<>();

  /** One more; says how many there are with it. */
  public int enter(String address) {
    return counts.merge(address, 1, Integer::sum);
  }

  /** One that was counted is over. */
  public void leave(String address) {
    counts.computeIfPresent(address, (a, count) -> count == 1 ? null : count - 1);
  }
}
