package dev.hallpass.app;

import dev.hallpass.broker.AddressCount;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts connections of a port, of which one address, and all together, may have so many open: each
 * costs memory before anybody has said who it is. An agent needs one for each credential, and the
 * API server a few.
 */
final class Connections {
  static final int OF_ONE_ADDRESS = 64;
  static final int OF_ALL = 2048;

  private final AddressCount open = new AddressCount();
  private final AtomicInteger total = new AtomicInteger();

  /** Counts a new connection; false, and it is not counted, where it may not stay. */
  boolean enter(String address) {
    var ofAddress = open.enter(address);
    var ofAll = total.incrementAndGet();
    if (ofAddress <= OF_ONE_ADDRESS && ofAll <= OF_ALL) {
      return true;
    }
    leave(address);
    return false;
  }

  /** A connection that was counted is closed. */
  void leave(String address) {
    open.leave(address);
    total.decrementAndGet();
  }
}
