package dev.hallpass.cli;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * Calls that do not wait for each other, but for the first: its connection is then that of all of
 * them (HTTP/2), where each would else make one of its own, whose TLS handshake takes longer than
 * the call.
 */
final class Reads implements AutoCloseable {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private boolean connected;

  /** Starts a call; what is returned waits for its answer, and throws what it throws. */
  <T> Supplier<T> start(Callable<T> call) {
    var answer = threads.submit(call);
    if (!connected) {
      connected = true;
      settle(answer);
    }
    return () -> await(answer);
  }

  /** Waits for its end, whatever that is: who wants the answer is told. */
  private static void settle(Future<?> answer) {
    try {
      answer.get();
    } catch (ExecutionException e) {
      // Kept in the answer.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static <T> T await(Future<T> answer) {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
