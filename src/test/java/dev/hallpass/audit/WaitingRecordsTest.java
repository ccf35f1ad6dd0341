package dev.hallpass.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.audit.SinkSettings.Need;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much waits while a sink does not take it, and what becomes of the rest. */
class WaitingRecordsTest {
  private static final Trace TRACE = Trace.ofLease(TestEvents.LEASE_UID);

  @TempDir private Path folder;
  private TestTrail trail;

  @BeforeEach
  void setUp() {
    trail = new TestTrail(folder);
  }

  @Test
  void saysHowManyRecordsWereLeftOut() {
    var sink = new SwitchedSink();
    try (var journal = bounded(3, 1 << 20, sink, new SimpleMeterRegistry())) {
      await().until(journal::works);
      sink.failing = true;
      journal.note(TestEvents.issued(0), TRACE);
      await().until(() -> !journal.works());
      for (var i = 1; i <= 10; i++) {
        journal.note(TestEvents.issued(i), TRACE);
      }
      sink.failing = false;
      await().until(() -> sink.kinds().contains("dev.hallpass.audit.lost"));
    }

    assertThat(sink.taken)
        .filteredOn(l -> l.json().contains("audit.lost"))
        .singleElement()
        .satisfies(l -> assertThat(l.json()).contains("\"records\":7"));
  }

  private Journal bounded(int records, long bytes, Sink sink, MeterRegistry registry) {
    return Journal.open(
        new JournalSettings(
            "b10c0de5",
            "controller",
            "a",
            5,
            Duration.ofHours(1),
            records,
            bytes,
            Duration.ofSeconds(5)),
        () -> new Journal.Opening(trail.key, trail.heads, List.of()),
        new SinkSettings().sink(sink, Need.Required),
        registry,
        Clock.systemUTC());
  }

  /** As large as others can make it: few of them would fill the memory of a process. */
  private static AuditEvent large() {
    return new AuditEvent.LeaseDenied(
        TestEvents.held(), EndedBy.ApprovalDenied, "€".repeat(1 << 13));
  }

  private static int size(AuditEvent event) {
    return Bounded.bytes(Bounded.of(Digest.tree(event)));
  }

  @Test
  void saysHowManyRecordsWereLeftOutForTheirSize() {
    var sink = new SwitchedSink();
    var registry = new SimpleMeterRegistry();
    try (var journal = bounded(1000, 3L * size(large()) + 1, sink, registry)) {
      await().until(journal::works);
      sink.failing = true;
      journal.note(TestEvents.issued(0), TRACE);
      await().until(() -> !journal.works());
      for (var i = 1; i <= 10; i++) {
        journal.note(large(), TRACE);
      }
      assertThat(registry.get("hallpass.audit.backlog").gauge().value()).isEqualTo(3);
      assertThat(registry.get("hallpass.audit.backlog.bytes").gauge().value())
          .isEqualTo(3 * size(large()));
      sink.failing = false;
      await().until(() -> sink.kinds().contains("dev.hallpass.audit.lost"));
      journal.require(TestEvents.issued(1), TRACE);
      assertThat(registry.get("hallpass.audit.backlog.bytes").gauge().value()).isZero();
    }

    assertThat(sink.taken)
        .filteredOn(l -> l.json().contains("audit.lost"))
        .singleElement()
        .satisfies(l -> assertThat(l.json()).contains("\"records\":7"));
    assertThat(sink.kinds()).filteredOn("dev.hallpass.lease.denied"::equals).hasSize(3);
  }

  /** A sink that takes nothing and does not say so. */
  @Test
  void refusesWhereWhatWaitsIsTooLarge() throws InterruptedException {
    var held = new CountDownLatch(1);
    var stuck = new CountDownLatch(1);
    var sink =
        new SwitchedSink() {
          @Override
          public void write(List<Line> lines) throws IOException {
            if (lines.stream().anyMatch(l -> l.json().contains("credential.issued"))) {
              stuck.countDown();
              awaitQuietly(held);
            }
            super.write(lines);
          }
        };
    try (var journal = bounded(1000, 2L * size(large()), sink, new SimpleMeterRegistry())) {
      await().until(journal::works);
      journal.note(TestEvents.issued(0), TRACE);
      stuck.await();
      journal.note(large(), TRACE);
      journal.note(large(), TRACE);

      assertThatThrownBy(() -> journal.require(TestEvents.issued(1), TRACE))
          .isInstanceOf(AuditUnavailableException.class)
          .hasMessageContaining("2 records of")
          .hasMessageContaining("wait already");
      held.countDown();
      await().untilAsserted(() -> journal.require(TestEvents.issued(2), TRACE));
    } finally {
      held.countDown();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void anOptionalSinkThatFailsKeepsOnlySoMuchWaiting() {
    var optional = new SwitchedSink();
    optional.failing = true;
    var required = new SwitchedSink();
    var registry = new SimpleMeterRegistry();
    try (var journal =
        Journal.open(
            TestTrail.settings("a"),
            () -> new Journal.Opening(trail.key, trail.heads, List.of()),
            new SinkSettings().sink(required, Need.Required).sink(optional, Need.Optional),
            registry,
            Clock.systemUTC())) {
      await().until(journal::works);
      var enough = (20 << 20) / size(large());
      for (var i = 0; i < enough; i++) {
        journal.require(large(), TRACE);
      }
      assertThat(registry.get("hallpass.audit.lost").tag("sink", "switched").counter().count())
          .isPositive();
    }

    assertThat(required.kinds())
        .filteredOn("dev.hallpass.lease.denied"::equals)
        .hasSize((20 << 20) / size(large()));
  }

  @Test
  void anOptionalSinkThatFailsByAnErrorOfItsOwnIsTriedAgain() {
    var broken = new AtomicBoolean(true);
    var optional =
        new SwitchedSink() {
          @Override
          public void write(List<Line> lines) throws IOException {
            if (broken.get()) {
              throw new IllegalStateException("an error of its own");
            }
            super.write(lines);
          }
        };
    var registry = new SimpleMeterRegistry();
    try (var journal =
        Journal.open(
            TestTrail.settings("a"),
            () -> new Journal.Opening(trail.key, trail.heads, List.of()),
            new SinkSettings()
                .sink(new SwitchedSink(), Need.Required)
                .sink(optional, Need.Optional),
            registry,
            Clock.systemUTC())) {
      await().until(journal::works);
      journal.require(TestEvents.issued(0), TRACE);
      await()
          .until(
              () ->
                  registry.find("hallpass.audit.failures").counters().stream()
                      .anyMatch(c -> c.count() > 0));

      broken.set(false);

      await().until(() -> optional.kinds().contains("dev.hallpass.credential.issued"));
    }
  }
}
