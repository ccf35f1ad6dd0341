package dev.hallpass.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/** Makes calls and keeps how long each took. One that fails ends the measurement. */
final class Load {
  /** One call. */
  @FunctionalInterface
  interface Work {
    void once() throws Exception;
  }

  private final Work work;

  Load(Work work) {
    this.work = work;
  }

  /** So many workers, each with one call after the other: what there is of throughput. */
  Sample workers(int count, Duration duration) {
    var began = System.nanoTime();
    return run(
        began,
        threads -> {
          var until = began + duration.toNanos();
          return threads.invokeAll(Collections.nCopies(count, () -> oneByOne(until)));
        });
  }

  private List<Duration> oneByOne(long until) throws Exception {
    var latencies = new ArrayList<Duration>();
    while (System.nanoTime() < until) {
      latencies.add(since(System.nanoTime()));
    }
    return latencies;
  }

  /**
   * So many calls a second, whatever becomes of them. Each counts from the moment it was due, so
   * that those which wait for a slow one are not taken for fast.
   */
  Sample paced(int perSecond, Duration duration) {
    var began = System.nanoTime();
    return run(
        began,
        threads -> {
          var started = new ArrayList<Future<List<Duration>>>();
          for (var i = 0L; i < duration.toSeconds() * perSecond; i++) {
            var due = began + i * 1_000_000_000L / perSecond;
            for (var left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
              LockSupport.parkNanos(left);
            }
            started.add(threads.submit(() -> List.of(since(due))));
          }
          return started;
        });
  }

  /** Nothing but calls, so many in all. */
  static void inParallel(int workers, List<? extends Callable<Void>> calls) {
    try (var threads = Executors.newFixedThreadPool(workers)) {
      for (var call : threads.invokeAll(calls)) {
        call.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a call failed", e.getCause());
    }
  }

  @FunctionalInterface
  private interface Plan {
    List<Future<List<Duration>>> start(ExecutorService threads) throws InterruptedException;
  }

  private static Sample run(long began, Plan plan) {
    var latencies = new ArrayList<Duration>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var done : plan.start(threads)) {
        latencies.addAll(done.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a call failed", e.getCause());
    }
    return new Sample(latencies, Duration.ofNanos(System.nanoTime() - began));
  }

  private Duration since(long begin) throws Exception {
    work.once();
    return Duration.ofNanos(System.nanoTime() - begin);
  }
}
