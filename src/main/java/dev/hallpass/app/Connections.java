package dev.hallpass.app;

import io.vertx.core.http.HttpConnection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Closes connections beyond what one address, or all together, may have open: each costs memory
 * before anybody has said who it is. An agent needs one for each credential, and the API server a
 * few.
 */
final class Connections {
  static final int OF_ONE_ADDRESS = 64;
  static final int OF_ALL = 2048;

  private final Map<String, Integer> open = new ConcurrentHashMap<>();
  private final AtomicInteger total = new AtomicInteger();

  /** Counts a new connection, until it is closed. */
  void admit(HttpConnection connection) {
    var address = connection.remoteAddress().hostAddress();
    var ofAddress = open.merge(address, 1, Integer::sum);
    var ofAll = total.incrementAndGet();
    connection.closeHandler(
        closed -> {
          open.computeIfPresent(address, (a, count) -> count == 1 ? null : count - 1);
          total.decrementAndGet();
        });
    if (ofAddress > OF_ONE_ADDRESS || ofAll > OF_ALL) {
      connection.close();
    }
  }
}
