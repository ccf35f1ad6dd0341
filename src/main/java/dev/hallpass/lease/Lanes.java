package dev.hallpass.lease;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Lets few calls at a time through to each target, in order of arrival. When a thousand leases end
 * at once they wait here, for as long as it takes, rather than in a driver's pool, which gives up.
 */
final class Lanes {
  private static final int AT_ONCE = 8;

  private final Map<String, Semaphore> lanes = new ConcurrentHashMap<>();

  /** Makes the call when it is its turn. */
  <T> T pass(String target, Supplier<T> call) {
    var lane = lanes.computeIfAbsent(target, t -> new Semaphore(AT_ONCE, true));
    lane.acquireUninterruptibly();
    try {
      return call.get();
    } finally {
      lane.release();
    }
  }
}
