package dev.hallpass.reconcile.provider;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.lease.AdminTargets;
import dev.hallpass.lease.Turns;
import dev.hallpass.provider.Drivers;
import dev.hallpass.provider.TargetException;
import io.fabric8.kubernetes.client.CustomResource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Probes and sweeps the targets of providers, each when it is due, whoever asks how often. What it
 * remembers, it may forget: after a restart everything is due.
 */
final class TargetCare {
  private record Seen(
      @Nullable Long generation, Health health, Instant probedAt, Instant sweptAt) {}

  private static final Seen NEVER = new Seen(null, new Health.Fine(), Instant.EPOCH, Instant.EPOCH);

  private final AdminTargets targets;
  private final Drivers drivers;
  private final Sweep sweep;
  private final ProviderTimes times;
  private final Clock clock;
  private final Map<String, Seen> seen = new ConcurrentHashMap<>();

  TargetCare(AdminTargets targets, Drivers drivers, Sweep sweep, ProviderTimes times, Clock clock) {
    this.targets = targets;
    this.drivers = drivers;
    this.sweep = sweep;
    this.times = times;
    this.clock = clock;
  }

  /** Does what is due; says how the target is. */
  Health look(CustomResource<CredentialProviderSpec, CredentialProviderStatus> provider) {
    var uid = provider.getMetadata().getUid();
    var generation = provider.getMetadata().getGeneration();
    var now = clock.instant();
    var before = seen.getOrDefault(uid, NEVER);
    var probe =
        !Objects.equals(before.generation(), generation)
            || due(before.probedAt(), interval(before.health()), now);
    var sweeps =
        before.health() instanceof Health.Fine && due(before.sweptAt(), times.sweep(), now);
    if (!probe && !sweeps) {
      return before.health();
    }
    var health = Turns.aside(() -> ask(provider, probe, sweeps));
    var probed = probe || health instanceof Health.Failing;
    seen.put(
        uid,
        new Seen(
            generation, health, probed ? now : before.probedAt(), sweeps ? now : before.sweptAt()));
    return health;
  }

  /** Sweeps now, whenever it was done before; says whether that went well. */
  Health sweep(CustomResource<CredentialProviderSpec, CredentialProviderStatus> provider) {
    return Turns.aside(() -> ask(provider, false, true));
  }

  private Health ask(
      CustomResource<CredentialProviderSpec, CredentialProviderStatus> provider,
      boolean probe,
      boolean sweeps) {
    try {
      var target = targets.of(provider);
      if (probe) {
        drivers.of(target.spec()).probe(target);
      }
      if (sweeps) {
        sweep.run(provider, target);
      }
      return new Health.Fine();
    } catch (TargetException e) {
      return new Health.Failing(e.reason(), String.valueOf(e.getMessage()));
    }
  }

  /** When something is due next. */
  Duration pause(Health health) {
    var probe = interval(health);
    return health instanceof Health.Fine && times.sweep().compareTo(probe) < 0
        ? times.sweep()
        : probe;
  }

  private Duration interval(Health health) {
    return switch (health) {
      case Health.Fine() -> times.probeWhenReady();
      case Health.Failing failing -> times.probeWhenFailing();
    };
  }

  private static boolean due(Instant last, Duration interval, Instant now) {
    return !now.isBefore(last.plus(interval));
  }

  /** Lets go of what is remembered of a provider that is gone. */
  void forget(String uid) {
    seen.remove(uid);
    targets.forget(uid);
  }
}
