package dev.hallpass.audit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A chain with its checkpoints: after so many records, after so long, at its start and at its end.
 * For one thread; heads are published beside it, the newest alone.
 */
final class Ledger implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Ledger.class);
  private static final Duration IDLE = Duration.ofHours(1);
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private final JournalSettings settings;
  private final Journal.Opening opening;
  private final Clock clock;
  private final List<String> sinks;
  private final Chain chain;
  private final Map<String, Long> mentioned = new HashMap<>();
  private final ThreadPoolExecutor publisher =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(1),
          Thread.ofVirtual().name("audit-heads").factory(),
          new ThreadPoolExecutor.DiscardOldestPolicy());

  private volatile List<Head> known;
  private int since;
  private long dueAt;
  private @Nullable Head unpublished;
  private long unpublishedAt;

  /** A new chain that tells which sinks must have its records. */
  Ledger(JournalSettings settings, Journal.Opening opening, Clock clock, List<String> sinks) {
    this.settings = settings;
    this.opening = opening;
    this.clock = clock;
    this.sinks = sinks;
    this.chain = new Chain(settings.installation(), settings.writer());
    this.known = opening.known();
  }

  /** The record that begins the chain, and the checkpoint by which others learn of it. */
  List<Line> begin() {
    var begun =
        chain.append(
            Chain.BEGUN,
            subject(),
            Trace.ofChain(chain.id(), chain.next()),
            clock.instant(),
            Map.of(
                "writer", settings.writer(),
                "process", settings.process(),
                "every", settings.every(),
                "sinks", sinks,
                "key", opening.key().trusted().id()));
    return List.of(begun, checkpoint(false));
  }

  Line add(
      String kind, String subject, Trace trace, Instant at, Map<String, @Nullable Object> data) {
    if (since++ == 0) {
      dueAt = System.nanoTime() + settings.within().toNanos();
    }
    return chain.append(kind, subject, trace, at, data);
  }

  /** Says what was left out because too many waited. */
  Line lost(JournalMeters.Lost lost) {
    return add(
        Chain.LOST,
        subject(),
        Trace.ofChain(chain.id(), chain.next()),
        clock.instant(),
        Map.of("records", lost.records(), "from", lost.from().toString()));
  }

  Optional<Line> checkpointIfDue() {
    return since > 0 && (since >= settings.every() || System.nanoTime() >= dueAt)
        ? Optional.of(checkpoint(false))
        : Optional.empty();
  }

  /** How long until a checkpoint is due if nothing more is added. */
  Duration untilDue() {
    var left = Duration.ofNanos(dueAt - System.nanoTime());
    return since == 0 ? IDLE : left.isNegative() ? Duration.ZERO : left.plusMillis(1);
  }

  /** The checkpoint after which the chain has no record. */
  List<Line> end() {
    return List.of(checkpoint(true));
  }

  private Line checkpoint(boolean closes) {
    var others =
        known.stream()
            .filter(h -> !h.chain().equals(chain.id()))
            .filter(h -> mentioned.getOrDefault(h.chain(), -1L) < h.upTo())
            .map(Head::mention)
            .toList();
    var now = clock.instant();
    var checkpoint = Checkpoint.sign(chain, closes, now, others, opening.key());
    others.forEach(o -> mentioned.put(o.chain(), o.upTo()));
    since = 0;
    unpublished = checkpoint.head();
    var line =
        chain.append(
            Chain.CHECKPOINT,
            subject(),
            Trace.ofChain(chain.id(), chain.next()),
            now,
            checkpoint.data());
    unpublishedAt = line.sequence();
    return line;
  }

  /** The sinks have these: a checkpoint among them can be told to others. */
  void written(List<Line> lines) {
    var head = unpublished;
    if (head != null && lines.getLast().sequence() >= unpublishedAt) {
      unpublished = null;
      publisher.execute(() -> publish(head));
    }
  }

  /** Where it fails, the next checkpoint makes up for it. */
  private void publish(Head head) {
    try {
      known = opening.heads().publish(head);
    } catch (RuntimeException e) {
      LOG.warnf("the checkpoint was not published to other writers: %s", e.getMessage());
    }
  }

  private String subject() {
    return Chain.subject(settings.writer());
  }

  @Override
  public void close() {
    publisher.shutdown();
    try {
      if (!publisher.awaitTermination(FAREWELL.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("the last checkpoint was not published to other writers in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
