package dev.hallpass.app;

import dev.hallpass.broker.AddressCount;
import java.time.Duration;
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
  private final AddressCount taken = new AddressCount();

  Places(int ofAll, int ofOneAddress) {
    this.ofAll = ofAll;
    this.ofOneAddress = ofOneAddress;
    this.free = new Semaphore(ofAll);
  }

  /** Takes a place for a call from there; false where there is none. */
  boolean enter(String address) {
    if (taken.enter(address) <= ofOneAddress && free.tryAcquire()) {
      return true;
    }
    taken.leave(address);
    return false;
  }

  /** Gives back a place that was taken. */
  void leave(String address) {
    taken.leave(address);
    free.release();
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
