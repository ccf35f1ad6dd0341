package dev.hallpass.lease;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Lets few calls at a time through to each target, in order of arrival. When a thousand leases end
 * at once they wait here, for as long as it takes, rather than in a driver's pool, which gives up.
 */
final class Lanes {
  private static final int AT_ONCE = 8;

  private final Map<String, Semaphore> lanes = new ConcurrentHashMap<>();

  /** Makes the call when it is its turn. */
  void pass(String target, Runnable call) {
    var lane = lanes.computeIfAbsent(target, t -> new Semaphore(AT_ONCE, true));
    lane.acquireUninterruptibly();
    try {
      call.run();
    } finally {
      lane.release();
    }
  }
}
