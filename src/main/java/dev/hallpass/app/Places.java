package dev.hallpass.app;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The calls that a server takes at once, and how many of them may come from one address: who has
 * not said yet who it is must not keep others waiting. Thread-safe.
 */
final class Places {
  private final int ofAll;
  private final int ofOneAddress;
  private final Semaphore free;
  private final Map<String, Integer> taken = new ConcurrentHashMap<>();

  Places(int ofAll, int ofOneAddress) {
    this.ofAll = ofAll;
    this.ofOneAddress = ofOneAddress;
    this.free = new Semaphore(ofAll);
  }

  /** Takes a place for a call from there; false where there is none. */
  boolean enter(String address) {
    if (taken.merge(address, 1, Integer::sum) <= ofOneAddress && free.tryAcquire()) {
      return true;
    }
    forget(address);
    return false;
  }

  /** Gives back a place that was taken. */
  void leave(String address) {
    forget(address);
    free.release();
  }

  private void forget(String address) {
    taken.computeIfPresent(address, (a, count) -> count == 1 ? null : count - 1);
  }

  /**
   * Takes all places, so that nobody gets one any more.
   *
   * @return how many calls were not over in that time
   */
  int close(Duration patience) throws InterruptedException {
    return free.tryAcquire(ofAll, patience.toMillis(), TimeUnit.MILLISECONDS)
        ? 0
        : ofAll - free.availablePermits();
  }
}
