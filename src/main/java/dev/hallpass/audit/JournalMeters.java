package dev.hallpass.audit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What meters hear of a trail, and what it must still say of itself. */
final class JournalMeters {
  /** Events that were left out because too many waited. */
  record Lost(long records, Instant from) {}

  private final MeterRegistry registry;
  private final AtomicReference<@Nullable Lost> lost = new AtomicReference<>();

  JournalMeters(MeterRegistry registry, Backlog<?> backlog) {
    this.registry = registry;
    Gauge.builder("hallpass.audit.backlog", backlog::count)
        .description("Records that wait for the required sinks")
        .register(registry);
    Gauge.builder("hallpass.audit.backlog.bytes", backlog::bytes)
        .description("What the records tell that wait for the required sinks")
        .baseUnit(BaseUnits.BYTES)
        .register(registry);
  }

  void written(String sink, int records) {
    Counter.builder("hallpass.audit.records")
        .description("Records that a sink took")
        .tag("sink", sink)
        .register(registry)
        .increment(records);
  }

  void failed(String sink) {
    Counter.builder("hallpass.audit.failures")
        .description("Attempts to write that a sink refused")
        .tag("sink", sink)
        .register(registry)
        .increment();
  }

  void lost(Instant at) {
    lost.accumulateAndGet(
        new Lost(1, at),
        (before, one) -> before == null ? one : new Lost(before.records() + 1, before.from()));
    Counter.builder("hallpass.audit.lost")
        .description("Records that were left out because too many waited; the trail says so")
        .tag("sink", "all")
        .register(registry)
        .increment();
  }

  void dropped(String sink, int records) {
    Counter.builder("hallpass.audit.lost")
        .description("Records that were left out because too many waited; the trail says so")
        .tag("sink", sink)
        .register(registry)
        .increment(records);
  }

  /** What the trail has not said yet. */
  Optional<Lost> takeLost() {
    return Optional.ofNullable(lost.getAndSet(null));
  }
}
