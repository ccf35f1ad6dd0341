package dev.hallpass.lease;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Lets few tasks at a time at the API server, in order of arrival. When a thousand leases end at
 * once, as many connections to it at once would time out, and the renewal of leadership with them.
 * A task that waits for a target gives its turn to others meanwhile.
 */
public final class Turns {
  private static final ScopedValue<Turns> HELD = ScopedValue.newInstance();

  private final Semaphore turns;

  /** So many at a time. */
  public Turns(int atOnce) {
    turns = new Semaphore(atOnce, true);
  }

  /** Runs each task in a virtual thread of its own, once it is its turn. */
  public ExecutorService executor() {
    return Executors.newThreadPerTaskExecutor(
        task -> Thread.ofVirtual().unstarted(() -> take(task)));
  }

  private void take(Runnable task) {
    turns.acquireUninterruptibly();
    try {
      ScopedValue.where(HELD, this).run(task);
    } finally {
      turns.release();
    }
  }

  /**
   * Makes a call that may wait for somebody else than the API server. Whoever has a turn lets it
   * go, and takes another afterwards; whoever has none just calls.
   */
  public static <T> T aside(Supplier<T> call) {
    return HELD.isBound() ? HELD.get().without(call) : call.get();
  }

  private <T> T without(Supplier<T> call) {
    turns.release();
    try {
      return call.get();
    } finally {
      turns.acquireUninterruptibly();
    }
  }
}
