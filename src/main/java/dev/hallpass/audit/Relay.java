package dev.hallpass.audit;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Brings records to a sink that nobody waits for, again and again until it takes them. Where more
 * wait than it holds, by number or size, the newest are left out, and counted; the sink's copy then
 * shows the gap.
 */
final class Relay implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Relay.class);
  private static final int CAPACITY = 10_000;
  private static final long BYTES = 16L << 20;
  private static final int TOGETHER = 200;
  private static final long BYTES_TOGETHER = 1L << 20;
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private final Sink sink;
  private final JournalMeters meters;
  private final Backlog<Line> waiting = new Backlog<>(CAPACITY, BYTES);
  private final Thread thread;
  private volatile boolean ends;
  private boolean failing;

  Relay(Sink sink, JournalMeters meters) {
    this.sink = sink;
    this.meters = meters;
    this.thread = Thread.ofVirtual().name("audit-" + sink.name()).start(this::run);
  }

  void offer(List<Line> lines) {
    var refused = (int) lines.stream().filter(l -> !waiting.offer(l, l.size())).count();
    if (refused > 0) {
      meters.dropped(sink.name(), refused);
    }
  }

  private void run() {
    try {
      while (!ends || waiting.count() > 0) {
        var batch = waiting.take(TOGETHER, BYTES_TOGETHER, LOOK);
        if (!batch.isEmpty()) {
          deliver(batch);
        }
      }
      sink.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      LOG.warnf(
          "the process ends; records not sent: sink=%s waiting=%d", sink.name(), waiting.count());
    } catch (IOException | RuntimeException e) {
      LOG.warnf(e, "audit sink not closed: %s", sink.name());
    }
  }

  private void deliver(List<Line> batch) throws InterruptedException {
    while (!taken(batch)) {
      TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
    }
  }

  /** An error of the sink's own is a failed attempt like any other: the thread must go on. */
  private boolean taken(List<Line> batch) {
    try {
      sink.write(batch);
      meters.written(sink.name(), batch.size());
      failing = false;
      return true;
    } catch (IOException e) {
      failed(e.getMessage());
    } catch (RuntimeException e) {
      failed(e.toString());
    }
    return false;
  }

  private void failed(@Nullable String why) {
    meters.failed(sink.name());
    if (!failing) {
      LOG.warnf("audit sink fails, and is tried again: sink=%s: %s", sink.name(), why);
    }
    failing = true;
  }

  @Override
  public void close() {
    ends = true;
    try {
      if (!thread.join(FAREWELL)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      thread.interrupt();
    }
  }
}
