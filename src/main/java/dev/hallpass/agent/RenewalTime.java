package dev.hallpass.agent;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * When a credential is renewed: once two thirds of what is left of its life are over, give or take
 * a tenth of that, so that pods that started together do not all come back together.
 */
final class RenewalTime {
  private static final double SHARE = 2.0 / 3;
  private static final double JITTER = 0.1;
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  private RenewalTime() {}

  /** How long to wait from now on; at least a second, even where the end is past. */
  static Duration after(Instant now, Instant expiresAt, RandomGenerator random) {
    var left = Duration.between(now, expiresAt).toMillis();
    var chance = 1 + JITTER * (2 * random.nextDouble() - 1);
    var wait = Duration.ofMillis((long) (left * SHARE * chance));
    return wait.compareTo(SHORTEST) < 0 ? SHORTEST : wait;
  }
}
