package dev.hallpass.reconcile.notification;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.notification.Notice;
import dev.hallpass.notification.NoticeDelivery;
import dev.hallpass.notification.Occasion;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AnnouncerIT {
  private static final Instant START = Instant.parse("2026-03-14T15:09:26Z");

  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final List<Due> due = new ArrayList<>();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final MemoryMarks marks = new MemoryMarks();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private Announcer announcer = announcer(this::deliver);

  @AfterEach
  void close() {
    announcer.close();
  }

  @Test
  void tellsOnceInOrder() {
    var notices = List.of(calls("one"), calls("two"));

    turnUntilTold(2);
    announcer.turn();
    restart(this::deliver);
    announcer.turn();

    assertThat(told).containsExactlyElementsOf(notices);
    assertThat(marks.ids).containsAll(notices);
  }

  @Test
  void triesAgainAfterAPauseThatGrows() {
    var id = calls("one");
    restart(notice -> new NoticeDelivery.Refused(503));
    turn();
    awaitCount("refused", 1);

    turn();
    later(Duration.ofMillis(999));
    turn();
    assertThat(count("refused")).isEqualTo(1);
    later(Duration.ofMillis(1));
    turn();
    awaitCount("refused", 2);
    later(Duration.ofMillis(1999));
    turn();
    assertThat(count("refused")).isEqualTo(2);
    later(Duration.ofMillis(1));
    turn();
    awaitCount("refused", 3);
    assertThat(meters.get("hallpass.notifications.waiting").gauge().value()).isEqualTo(1);
    assertThat(marks.ids).doesNotContain(id);
  }

  @Test
  void whatCouldNotBeToldBeforeARestartIsToldAfterIt() {
    var id = calls("one");
    restart(notice -> new NoticeDelivery.Unreachable("nobody listens"));
    turn();
    awaitCount("unreachable", 1);

    restart(this::deliver);
    turnUntilTold(1);

    assertThat(told).containsExactly(id);
  }

  @Test
  void aMarkThatCannotBeWrittenDoesNotTellTwice() {
    var id = calls("one");
    marks.broken = true;
    turnUntilTold(1);
    await().atMost(60, SECONDS).until(() -> marks.attempts.contains(id));

    marks.broken = false;
    await()
        .atMost(60, SECONDS)
        .until(
            () -> {
              later(Duration.ofSeconds(1));
              announcer.turn();
              return marks.ids.contains(id);
            });

    assertThat(told).containsExactly(id);
  }

  @Test
  void aReceiverThatHangsHoldsNobodyUpAndNothingIsLost() {
    var hangs = new java.util.concurrent.CountDownLatch(1);
    for (var i = 0; i < 600; i++) {
      calls("object-" + i);
    }
    restart(
        notice -> {
          try {
            hangs.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new NoticeDelivery.Unreachable("interrupted");
          }
          return deliver(notice);
        });

    announcer.turn();
    announcer.turn();
    assertThat(told).isEmpty();
    hangs.countDown();
    turnUntilTold(600);

    assertThat(told).doesNotHaveDuplicates();
  }

  @Test
  void whatIsGivenUpAfterADayIsCounted() {
    calls("one");
    restart(notice -> new NoticeDelivery.Refused(503));
    turn();
    awaitCount("refused", 1);
    var lost = meters.find("hallpass.notifications.lost").tag("lane", "breakglass");
    assertThat(lost.counter()).isNull();

    await()
        .atMost(60, SECONDS)
        .until(
            () -> {
              later(Duration.ofHours(24));
              turn();
              return lost.counter() != null;
            });

    assertThat(lost.counter().count()).isEqualTo(1);
    assertThat(meters.get("hallpass.notifications.waiting").gauge().value()).isZero();
  }

  @Test
  void whoBeginsToBeToldIsNotToldThePast() {
    var old =
        new Notice(
            Occasion.BREAK_GLASS_ENDED,
            "uid",
            "shop/breakglasses/old",
            START.minus(Duration.ofHours(25)),
            Map.of());
    due.add(new Due(object("old"), old));
    var id = calls("new");

    turnUntilTold(1);

    assertThat(told).containsExactly(id);
  }

  private String calls(String name) {
    var notice =
        new Notice(
            Occasion.BREAK_GLASS_OPENED,
            "uid-" + name,
            "shop/breakglasses/" + name,
            START,
            Map.of());
    due.add(new Due(object(name), notice));
    return notice.id();
  }

  private static HasMetadata object(String name) {
    return new ConfigMapBuilder().withNewMetadata().withName(name).endMetadata().build();
  }

  private NoticeDelivery deliver(Notice notice) {
    told.add(notice.id());
    return new NoticeDelivery.Delivered();
  }

  private void turn() {
    announcer.turn();
  }

  private void turnUntilTold(int count) {
    await()
        .atMost(60, SECONDS)
        .until(
            () -> {
              announcer.turn();
              return told.size() >= count;
            });
  }

  private void later(Duration time) {
    now.updateAndGet(t -> t.plus(time));
  }

  private void restart(Function<Notice, NoticeDelivery> courier) {
    announcer.close();
    meters.clear();
    announcer = announcer(courier);
  }

  private Announcer announcer(Function<Notice, NoticeDelivery> courier) {
    return new Announcer("breakglass", due::stream, courier, marks, meters, clock());
  }

  private Clock clock() {
    return new Clock() {
      @Override
      public Instant instant() {
        return now.get();
      }

      @Override
      public java.time.ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(java.time.ZoneId zone) {
        return this;
      }
    };
  }

  private double count(String outcome) {
    var counter = meters.find("hallpass.notifications").tag("outcome", outcome).counter();
    return counter == null ? 0 : counter.count();
  }

  private void awaitCount(String outcome, int count) {
    await()
        .atMost(60, SECONDS)
        .until(
            () -> {
              announcer.turn();
              return count(outcome) == count;
            });
  }

  private static final class MemoryMarks implements Marks {
    private final Set<String> ids = ConcurrentHashMap.newKeySet();
    private final Set<String> attempts = ConcurrentHashMap.newKeySet();
    private volatile boolean broken;

    @Override
    public boolean has(HasMetadata object, String id) {
      return ids.contains(id);
    }

    @Override
    public void set(HasMetadata object, String id) {
      attempts.add(id);
      if (broken) {
        throw new IllegalStateException("the API server is away");
      }
      ids.add(id);
    }
  }
}
