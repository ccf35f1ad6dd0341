package dev.hallpass.audit;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The trail of this process: one chain, from when the signing key is there until {@link #close}.
 * One thread puts all that waits into the chain and writes it to the required sinks together;
 * whoever must know waits for that.
 */
public final class Journal implements AuditLog, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Journal.class);
  private static final int TOGETHER = 200;

  /** What is on its way to the sinks is there in several forms at a time. */
  private static final long BYTES_TOGETHER = 2L << 20;

  private static final Duration MOMENT = Duration.ofSeconds(1);

  /** How soon it sees that the process ends. */
  private static final Duration LOOK = Duration.ofMillis(200);

  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  /**
   * An event on its way.
   *
   * @param data in JSON, which takes a fraction of the memory
   * @param written completes when every required sink has it
   */
  private record Said(
      String kind,
      String subject,
      String data,
      Trace trace,
      Instant at,
      CompletableFuture<Void> written) {}

  private final JournalSettings settings;
  private final Supplier<Opening> opening;
  private final Outlets outlets;
  private final JournalMeters meters;
  private final Clock clock;
  private final Backlog<Said> waiting;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable String trouble = "it is being opened";
  private volatile boolean brokeOff;

  /**
   * What a chain begins with.
   *
   * @param key signs its checkpoints
   * @param heads where it learns of others, and they of it
   * @param known all that are known now
   */
  public record Opening(SigningKey key, Heads heads, List<Head> known) {}

  private Journal(
      JournalSettings settings,
      Supplier<Opening> opening,
      SinkSettings sinks,
      MeterRegistry registry,
      Clock clock) {
    this.settings = settings;
    this.opening = opening;
    this.clock = clock;
    this.waiting = new Backlog<>(settings.capacity(), settings.bytes());
    this.meters = new JournalMeters(registry, waiting);
    this.outlets = new Outlets(sinks, settings.writer(), meters, closing);
    this.thread = Thread.ofPlatform().name("audit").daemon().unstarted(this::run);
  }

  /**
   * Opens a trail; returns at once, and refuses until the key is there.
   *
   * @param opening tried until it succeeds; throws while it does not
   */
  public static Journal open(
      JournalSettings settings,
      Supplier<Opening> opening,
      SinkSettings sinks,
      MeterRegistry registry,
      Clock clock) {
    var journal = new Journal(settings, opening, sinks, registry, clock);
    journal.thread.start();
    return journal;
  }

  @Override
  public void require(AuditEvent event, Trace trace) {
    var why = trouble;
    if (why != null) {
      throw unavailable(why);
    }
    Said said;
    try {
      said = said(event, trace);
    } catch (IllegalArgumentException e) {
      throw new AuditUnavailableException("the record cannot be written: " + e.getMessage());
    }
    if (!waits(said)) {
      throw unavailable(
          "%d records of %d KiB wait already".formatted(waiting.count(), waiting.bytes() >> 10));
    }
    try {
      said.written().get(settings.patience().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable("the wait for it was interrupted");
    } catch (ExecutionException e) {
      throw unavailable("the process ends");
    } catch (TimeoutException e) {
      var now = trouble;
      throw unavailable(now == null ? "its sinks are slow" : now);
    }
  }

  @Override
  public void note(AuditEvent event, Trace trace) {
    heard(event, trace).ifPresent(this::enqueue);
  }

  @Override
  public void keep(AuditEvent event, Trace trace) {
    heard(event, trace).ifPresent(this::keep);
  }

  private void keep(Said said) {
    enqueue(said);
    if (trouble != null) {
      return;
    }
    try {
      said.written().get(MOMENT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.debugf("not waited for any longer: %s", said.kind());
    }
  }

  private boolean waits(Said said) {
    return waiting.offer(said, Bounded.bytes(said.data()));
  }

  private void enqueue(Said said) {
    if (!waits(said)) {
      meters.lost(said.at());
      said.written().completeExceptionally(unavailable("too many wait"));
    }
  }

  /** What cannot be written is left out, and the trail says so. */
  private Optional<Said> heard(AuditEvent event, Trace trace) {
    try {
      return Optional.of(said(event, trace));
    } catch (IllegalArgumentException e) {
      LOG.errorf(e, "an audit record is left out, as it cannot be written: %s", event.kind());
      meters.lost(clock.instant());
      return Optional.empty();
    }
  }

  /**
   * In the caller's thread, so that what cannot be written concerns nobody else.
   *
   * @throws IllegalArgumentException where it has no canonical form
   */
  private Said said(AuditEvent event, Trace trace) {
    var data = Bounded.of(Digest.tree(event));
    return new Said(
        event.kind(), event.subject(), data, trace, clock.instant(), new CompletableFuture<>());
  }

  private static AuditUnavailableException unavailable(String why) {
    return new AuditUnavailableException("the audit trail cannot be written: " + why);
  }

  /** Whether records can be written, as far as is known. */
  public boolean works() {
    return trouble == null;
  }

  /** Whether it ended by an error of its own: only a new process writes records again. */
  public boolean brokeOff() {
    return brokeOff;
  }

  private void run() {
    try {
      opened().ifPresent(this::serve);
    } catch (RuntimeException e) {
      LOG.error("the audit trail broke off; nothing is issued until the process starts anew", e);
      brokeOff = true;
    } finally {
      outlets.close();
      giveUp();
    }
  }

  /** Tried at least once, so that what waits is written even where the process ends at once. */
  private Optional<Ledger> opened() {
    do {
      try {
        return Optional.of(new Ledger(settings, opening.get(), clock, outlets.required()));
      } catch (RuntimeException e) {
        troubled("the signing key cannot be read", e);
        pause(MOMENT);
      }
    } while (!ends());
    return Optional.empty();
  }

  private void serve(Ledger ledger) {
    try (ledger) {
      write(ledger, ledger.begin(), List.of());
      while (true) {
        var batch = batch(ledger);
        if (batch.isEmpty() && ends()) {
          break;
        }
        write(ledger, lines(ledger, batch), batch);
      }
      write(ledger, ledger.end(), List.of());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<Said> batch(Ledger ledger) throws InterruptedException {
    var due = ledger.untilDue();
    var patience = ends() ? Duration.ZERO : due.compareTo(LOOK) < 0 ? due : LOOK;
    return waiting.take(TOGETHER, BYTES_TOGETHER, patience);
  }

  private List<Line> lines(Ledger ledger, List<Said> batch) {
    var lines = new ArrayList<Line>(batch.size() + 2);
    meters.takeLost().ifPresent(lost -> lines.add(ledger.lost(lost)));
    for (var said : batch) {
      lines.add(
          ledger.add(
              said.kind(), said.subject(), said.trace(), said.at(), Digest.read(said.data())));
      ledger.checkpointIfDue().ifPresent(lines::add);
    }
    ledger.checkpointIfDue().ifPresent(lines::add);
    return lines;
  }

  /** Until every required sink has them, or the process has waited for it long enough. */
  private void write(Ledger ledger, List<Line> lines, List<Said> batch) {
    if (lines.isEmpty()) {
      return;
    }
    if (outlets.write(lines, this::troubled)) {
      if (trouble != null) {
        LOG.info("the audit trail is written");
      }
      trouble = null;
      batch.forEach(said -> said.written().complete(null));
      ledger.written(lines);
    } else {
      batch.forEach(said -> said.written().completeExceptionally(unavailable("the process ends")));
      LOG.errorf("the process ends with %d audit records unwritten", lines.size());
    }
  }

  private void troubled(String what, Exception cause) {
    var why = "%s: %s".formatted(what, cause.getMessage());
    if (!why.equals(trouble)) {
      LOG.warnf("the audit trail cannot be written, and nothing is issued: %s", why);
      trouble = why;
    }
  }

  private boolean ends() {
    return closing.getCount() == 0;
  }

  private void pause(Duration time) {
    try {
      var _ = closing.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void giveUp() {
    trouble = brokeOff ? "it broke off" : "the process ends";
    waiting.clear(said -> said.written().completeExceptionally(unavailable("the process ends")));
  }

  /** Writes what waits, and ends the chain, so that nothing can be cut off it unseen. */
  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join(LAST_WORDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
