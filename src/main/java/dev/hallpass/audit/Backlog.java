package dev.hallpass.audit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What waits for whoever takes it, first in, first out: only so many, and so many bytes of them.
 * Any number of threads may offer, one takes.
 */
final class Backlog<T> {
  private record Entry<T>(T item, int size) {}

  private final BlockingQueue<Entry<T>> waiting;
  private final long most;
  private final AtomicLong bytes = new AtomicLong();

  /** Holds so many at most, and so many bytes. */
  Backlog(int items, long bytes) {
    this.waiting = new ArrayBlockingQueue<>(items);
    this.most = bytes;
  }

  /**
   * Whether it waits now; not where it would be one too many, or too large beside the others.
   *
   * @param size in bytes
   */
  boolean offer(T item, int size) {
    if (bytes.getAndUpdate(now -> fits(now, size) ? now + size : now) > most - size) {
      return false;
    }
    if (!waiting.offer(new Entry<>(item, size))) {
      bytes.addAndGet(-size);
      return false;
    }
    return true;
  }

  private boolean fits(long now, int size) {
    return now <= most - size;
  }

  /**
   * What waits longest, once there is something or the time is over: at most so many, and so many
   * bytes, but one in any case.
   */
  List<T> take(int items, long together, Duration patience) throws InterruptedException {
    var first = waiting.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    if (first == null) {
      return List.of();
    }
    var taken = new ArrayList<T>();
    var size = 0L;
    for (@Nullable Entry<T> next = first;
        next != null;
        next = next(items - taken.size(), together - size)) {
      taken.add(next.item());
      size += next.size();
      bytes.addAndGet(-next.size());
    }
    return taken;
  }

  private @Nullable Entry<T> next(int items, long together) {
    var next = waiting.peek();
    return next == null || items == 0 || next.size() > together ? null : waiting.poll();
  }

  /** Lets go of all that wait. */
  void clear(Consumer<T> last) {
    for (var entry = waiting.poll(); entry != null; entry = waiting.poll()) {
      bytes.addAndGet(-entry.size());
      last.accept(entry.item());
    }
  }

  /** How many wait. */
  int count() {
    return waiting.size();
  }

  /** Their size. */
  long bytes() {
    return bytes.get();
  }
}
