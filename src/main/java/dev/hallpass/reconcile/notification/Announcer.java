package dev.hallpass.reconcile.notification;

import dev.hallpass.notification.Notice;
import dev.hallpass.notification.NoticeDelivery;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Tells what is due, beside the work and one at a time. The objects are the queue: what was not
 * told is due at the next turn again, also to another controller, so that what is held in memory
 * can be bounded and nothing be lost. A receiver gets a notice twice where this process ends
 * between its delivery and the mark; the id is the same.
 */
final class Announcer implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Announcer.class);
  private static final int UNDER_WAY = 256;
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(5);

  /** Who begins to be told is not told the past. */
  private static final Duration STALE = Duration.ofHours(24);

  private record Attempt(boolean busy, boolean delivered, int failures, Instant next) {
    static final Attempt NONE = new Attempt(false, false, 0, Instant.MIN);

    boolean due(Instant now) {
      return !busy && !now.isBefore(next);
    }

    Attempt begin() {
      return new Attempt(true, delivered, failures, next);
    }

    /** The pause counts from the beginning of the attempt, which itself takes up to its timeout. */
    Attempt failed(Instant begun, boolean reached) {
      var pause = FIRST.multipliedBy(1L << Math.min(failures, 10));
      var capped = pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
      return new Attempt(false, reached, failures + 1, begun.plus(capped));
    }

    /** Told and marked; kept until the cache has seen the mark. */
    Attempt done() {
      return new Attempt(false, true, 0, Instant.MAX);
    }
  }

  private final String lane;
  private final Supplier<Stream<Due>> due;
  private final Function<Notice, NoticeDelivery> courier;
  private final Marks marks;
  private final MeterRegistry meters;
  private final Clock clock;
  private final Map<String, Attempt> attempts = new ConcurrentHashMap<>();
  private final ThreadPoolExecutor sender =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(UNDER_WAY),
          Thread.ofVirtual().name("notices").factory());

  /**
   * Of one lane, which no other holds up.
   *
   * @param lane its name, for metrics
   * @param due what it tells of
   */
  Announcer(
      String lane,
      Supplier<Stream<Due>> due,
      Function<Notice, NoticeDelivery> courier,
      Marks marks,
      MeterRegistry meters,
      Clock clock) {
    this.lane = lane;
    this.due = due;
    this.courier = courier;
    this.marks = marks;
    this.meters = meters;
    this.clock = clock;
    Gauge.builder("hallpass.notifications.waiting", this, Announcer::waiting)
        .description("Notices that the receiver does not have yet")
        .tag("lane", lane)
        .register(meters);
  }

  private long waiting() {
    return attempts.values().stream().filter(a -> !a.delivered()).count();
  }

  /** Hands over what is due, and returns at once. */
  void turn() {
    var now = clock.instant();
    var known = new HashSet<String>();
    due.get()
        .filter(d -> d.notice().since().isAfter(now.minus(STALE)))
        .filter(d -> !marks.has(d.object(), d.notice().id()))
        .forEach(
            d -> {
              known.add(d.notice().id());
              offer(d, now);
            });
    attempts
        .entrySet()
        .removeIf(
            e -> {
              var over = !e.getValue().busy() && !known.contains(e.getKey());
              if (over && !e.getValue().delivered()) {
                givenUp(e.getKey());
              }
              return over;
            });
  }

  private void givenUp(String id) {
    LOG.errorf("notice given up, as its object is gone or a day has passed: id=%s", id);
    Counter.builder("hallpass.notifications.lost")
        .description("Notices that were tried in vain until their object was gone or a day over")
        .tag("lane", lane)
        .register(meters)
        .increment();
  }

  private void offer(Due due, Instant now) {
    var id = due.notice().id();
    var attempt = attempts.getOrDefault(id, Attempt.NONE);
    if (!attempt.due(now) || (!attempts.containsKey(id) && attempts.size() >= UNDER_WAY)) {
      return;
    }
    attempts.put(id, attempt.begin());
    try {
      sender.execute(() -> attempts.put(id, work(due, attempt)));
    } catch (RejectedExecutionException full) {
      attempts.put(id, attempt);
    }
  }

  private Attempt work(Due due, Attempt attempt) {
    var begun = clock.instant();
    if (!attempt.delivered() && !delivered(due.notice())) {
      return attempt.failed(begun, false);
    }
    try {
      marks.set(due.object(), due.notice().id());
      return attempt.done();
    } catch (RuntimeException e) {
      LOG.warnf(
          "notice delivered, but not marked; a restart would repeat it: subject=%s id=%s: %s",
          due.notice().subject(), due.notice().id(), e.getMessage());
      return attempt.failed(begun, true);
    }
  }

  private boolean delivered(Notice notice) {
    NoticeDelivery outcome;
    try {
      outcome = courier.apply(notice);
    } catch (RuntimeException e) {
      LOG.errorf(e, "notice failed: type=%s", notice.occasion().type());
      outcome = new NoticeDelivery.Unreachable(e.toString());
    }
    var word =
        switch (outcome) {
          case NoticeDelivery.Delivered() -> "delivered";
          case NoticeDelivery.Refused(var status) -> failed(notice, "refused", "HTTP " + status);
          case NoticeDelivery.Unreachable(var message) -> failed(notice, "unreachable", message);
          case NoticeDelivery.Unsigned(var message) -> failed(notice, "unsigned", message);
        };
    Counter.builder("hallpass.notifications")
        .description("Attempts to tell the receiver of a notice")
        .tag("type", notice.occasion().type())
        .tag("outcome", word)
        .register(meters)
        .increment();
    return outcome instanceof NoticeDelivery.Delivered;
  }

  private static String failed(Notice notice, String word, String message) {
    LOG.warnf(
        "notice not delivered, and tried again: type=%s subject=%s id=%s outcome=%s: %s",
        notice.occasion().type(), notice.subject(), notice.id(), word, message);
    return word;
  }

  /** What is under way is due again for whoever leads next. */
  @Override
  public void close() {
    sender.shutdownNow();
  }
}
