package dev.hallpass.cli;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * The end of the process without a wait. Java gives threads that are inside the operating system a
 * third of a second to come back from there before it ends, and the one in which the JDK's HTTP
 * client listens to its connections always is; the Kubernetes client's own end does not reach it.
 */
final class Farewell {
  private static final String LISTENER = "HttpClient-\\d+-SelectorManager";
  private static final Duration PATIENCE = Duration.ofMillis(100);

  private Farewell() {}

  /** Ends the HTTP client's listening; what still waits for an answer fails. */
  static void hangUp() {
    var listeners = listeners();
    listeners.forEach(Thread::interrupt);
    for (var listener : listeners) {
      try {
        listener.join(PATIENCE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static List<Thread> listeners() {
    var threads = new Thread[Thread.activeCount() * 2];
    return Stream.of(threads)
        .limit(Thread.enumerate(threads))
        .filter(thread -> thread.getName().matches(LISTENER))
        .toList();
  }
}
