package dev.hallpass.audit;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * The sinks of a trail. The required ones are written to in turn, each until it takes the records;
 * the others have a thread each, and get what the required ones have.
 */
final class Outlets implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Outlets.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
  private static final int LAST_ATTEMPTS = 3;

  /** Hears why the records are not written yet. */
  @FunctionalInterface
  interface Trouble {
    void with(String what, Exception cause);
  }

  private final List<Sink> required = new ArrayList<>();
  private final List<Relay> optional = new ArrayList<>();
  private final JournalMeters meters;
  private final CountDownLatch closing;

  /**
   * Makes them.
   *
   * @throws IllegalArgumentException where none is required
   */
  Outlets(SinkSettings settings, String writer, JournalMeters meters, CountDownLatch closing) {
    this.meters = meters;
    this.closing = closing;
    for (var chosen : settings.chosen()) {
      var sink = chosen.maker().make(writer);
      switch (chosen.need()) {
        case Required -> required.add(sink);
        case Optional -> optional.add(new Relay(sink, meters));
      }
    }
    if (required.isEmpty()) {
      throw new IllegalArgumentException(
          "audit: no sink is required; set required: true on one of stdout, file, http and otlp");
    }
  }

  /** The names of those that are required. */
  List<String> required() {
    return required.stream().map(Sink::name).toList();
  }

  /** Whether they were written; not where the process ends and they cannot be. */
  boolean write(List<Line> lines, Trouble trouble) {
    for (var sink : required) {
      if (!write(sink, lines, trouble)) {
        return false;
      }
    }
    optional.forEach(relay -> relay.offer(lines));
    return true;
  }

  private boolean write(Sink sink, List<Line> lines, Trouble trouble) {
    var pause = FIRST_PAUSE;
    var last = 0;
    while (true) {
      try {
        sink.write(lines);
        meters.written(sink.name(), lines.size());
        return true;
      } catch (IOException e) {
        meters.failed(sink.name());
        trouble.with("sink " + sink.name(), e);
      }
      if (ends(pause) && ++last >= LAST_ATTEMPTS) {
        return false;
      }
      pause = pause.multipliedBy(2);
      pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }
  }

  /** Whether the process ends, asked after a pause where it does not. */
  private boolean ends(Duration pause) {
    try {
      return closing.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  @Override
  public void close() {
    optional.forEach(Relay::close);
    for (var sink : required) {
      try {
        sink.close();
      } catch (IOException e) {
        LOG.warnf(e, "audit sink not closed: %s", sink.name());
      }
    }
  }
}
