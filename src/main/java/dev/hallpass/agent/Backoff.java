package dev.hallpass.agent;

import dev.hallpass.wire.Reason;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait after failures in a row. What may pass by itself is tried again soon, with
 * exponential back-off and full jitter; what somebody must change first is tried slowly, but is
 * tried: policies and requests do change. What people decide about is asked for at a steady pace.
 */
final class Backoff {
  private static final long FIRST_MILLIS = 200;
  private static final long CAP_MILLIS = 15_000;
  private static final long REFUSED_MIN_MILLIS = 15_000;
  private static final long REFUSED_MAX_MILLIS = 60_000;
  private static final long WAITING_MIN_MILLIS = 3_000;
  private static final long WAITING_MAX_MILLIS = 6_000;
  private static final int MAX_DOUBLINGS = 7;

  private Backoff() {}

  /**
   * The wait before the next try.
   *
   * @param failures how many there were in a row, from 1
   * @param reason of the last one
   */
  static Duration after(int failures, Reason reason, RandomGenerator random) {
    if (refusal(reason)) {
      return Duration.ofMillis(
          REFUSED_MIN_MILLIS + below(REFUSED_MAX_MILLIS - REFUSED_MIN_MILLIS, random));
    }
    if (reason.kind() == Reason.Kind.WAITING) {
      return Duration.ofMillis(
          WAITING_MIN_MILLIS + below(WAITING_MAX_MILLIS - WAITING_MIN_MILLIS, random));
    }
    var ceiling = Math.min(CAP_MILLIS, FIRST_MILLIS << Math.min(failures - 1, MAX_DOUBLINGS));
    // Never none at all, or two tries could follow at once.
    return Duration.ofMillis(Math.max(1, below(ceiling, random)));
  }

  private static long below(long ceiling, RandomGenerator random) {
    return (long) (random.nextDouble() * ceiling);
  }

  /** Whether trying again helps only once somebody has changed something. */
  private static boolean refusal(Reason reason) {
    return switch (reason.kind()) {
      case MALFORMED, REFUSED, ABSENT -> true;
      case UNPROVEN,
          LEASE_UNKNOWN,
          LEASE_OVER,
          OUTDATED,
          WAITING,
          BUSY,
          UNAVAILABLE,
          BROKEN,
          REPORT ->
          false;
    };
  }
}
