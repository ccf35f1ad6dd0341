package dev.hallpass.agent;

import java.net.URI;
import java.util.Map;

/** How an app is told that its files have changed. */
sealed interface Notification {

  /** By a POST to this address of the pod's own. */
  record Http(URI address) implements Notification {}

  /**
   * By a signal.
   *
   * @param number as Linux numbers it on all that it runs on
   * @param container whose main process gets it
   */
  record Signal(int number, String container) implements Notification {
    /** The same on x86-64 and on ARM (signal(7)). */
    private static final Map<String, Integer> NUMBERS =
        Map.of("SIGHUP", 1, "SIGUSR1", 10, "SIGUSR2", 12);
  }

  /**
   * Reads {@code http://127.0.0.1:PORT/PATH} or {@code signal:NAME:CONTAINER}.
   *
   * @throws UsageException where it is neither
   */
  static Notification parse(String text) {
    var parts = text.split(":", -1);
    if (parts.length == 3 && parts[0].equals("signal") && Signal.NUMBERS.containsKey(parts[1])) {
      return new Signal(Signal.NUMBERS.get(parts[1]), parts[2]);
    }
    if (text.startsWith("http://127.0.0.1:")) {
      try {
        var address = URI.create(text);
        if (address.getPort() > 0 && address.getRawPath().startsWith("/")) {
          return new Http(address);
        }
      } catch (IllegalArgumentException e) {
        throw new UsageException(text + ": " + e.getMessage());
      }
    }
    throw new UsageException(
        text + ": write it as http://127.0.0.1:PORT/PATH or signal:NAME:CONTAINER");
  }
}
