package dev.hallpass.reconcile.lease;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * When a failed revocation is tried again: after 1 s, then twice as long each time, up to 60 s,
 * less up to a fifth by chance. Once a target answers again, all that waits for it is tried at
 * once.
 */
final class BackOff {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private record Wait(String provider, Duration last, Instant until) {}

  private final Map<ResourceID, Wait> waits = new ConcurrentHashMap<>();
  private final Clock clock;
  private final DoubleSupplier chance;

  /** Draws its chance, between 0 and 1, here. */
  BackOff(Clock clock, DoubleSupplier chance) {
    this.clock = clock;
    this.chance = chance;
  }

  /** How long the lease must still wait. */
  Optional<Duration> remaining(ResourceID lease) {
    var now = clock.instant();
    return Optional.ofNullable(waits.get(lease))
        .filter(w -> w.until().isAfter(now))
        .map(w -> Duration.between(now, w.until()));
  }

  /** Notes a failure; says how long to wait. */
  Duration failed(ResourceID lease, String provider) {
    var wait = waits.compute(lease, (id, before) -> next(provider, before));
    return Duration.between(clock.instant(), wait.until());
  }

  private Wait next(String provider, @Nullable Wait before) {
    var pause = before == null ? FIRST : before.last().multipliedBy(2);
    var capped = pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
    var shortened = (long) (capped.toMillis() * (1 - 0.2 * chance.getAsDouble()));
    return new Wait(provider, capped, clock.instant().plusMillis(shortened));
  }

  /** Notes that the lease has nothing to wait for any more. */
  void settled(ResourceID lease) {
    waits.remove(lease);
  }

  /** Notes that a target answers; gives the leases that waited for it. */
  List<ResourceID> answered(String provider) {
    var woken = new ArrayList<ResourceID>();
    for (Iterator<Map.Entry<ResourceID, Wait>> i = waits.entrySet().iterator(); i.hasNext(); ) {
      var entry = i.next();
      if (entry.getValue().provider().equals(provider)) {
        i.remove();
        woken.add(entry.getKey());
      }
    }
    return woken;
  }
}
