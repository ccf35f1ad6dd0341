package dev.hallpass.kube;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** So many at once, and so many a second after that: a token bucket. Thread-safe. */
final class TokenBucket {
  private final int atOnce;
  private final int perSecond;
  private double left;
  private @Nullable Instant seen;

  TokenBucket(int atOnce, int perSecond) {
    this.atOnce = atOnce;
    this.perSecond = perSecond;
    this.left = atOnce;
  }

  /** Takes one, if there is one at this time. */
  synchronized boolean take(Instant now) {
    if (seen != null && now.isAfter(seen)) {
      left = Math.min(atOnce, left + perSecond * Duration.between(seen, now).toNanos() / 1e9);
    }
    seen = now;
    if (left < 1) {
      return false;
    }
    left--;
    return true;
  }
}
