package dev.hallpass.broker;

import dev.hallpass.wire.Reason;
import java.time.Duration;
import java.util.Optional;

/** What each reason means to a caller in HTTP (RFC 9110, 15). */
final class HttpStatus {
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final Duration LATER = Duration.ofSeconds(5);

  private HttpStatus() {}

  static int of(Reason reason) {
    return switch (reason.kind()) {
      case MALFORMED -> 400;
      case UNPROVEN -> 401;
      case REFUSED, WAITING -> 403;
      case ABSENT, LEASE_UNKNOWN -> 404;
      case BUSY, OUTDATED -> 409;
      case LEASE_OVER -> 410;
      case UNAVAILABLE -> 503;
      // A call that fails with a report is a bug.
      case BROKEN, REPORT -> 500;
    };
  }

  /** Whether it stays so until somebody changes something. */
  static boolean isFinal(Reason reason) {
    return switch (reason.kind()) {
      case REFUSED, ABSENT, LEASE_UNKNOWN -> true;
      case MALFORMED, UNPROVEN, BUSY, OUTDATED, LEASE_OVER, WAITING, UNAVAILABLE, BROKEN, REPORT ->
          false;
    };
  }

  /** How long a caller should wait before it tries again, where that is worth it. */
  static Optional<Duration> retryAfter(Reason reason) {
    return switch (reason.kind()) {
      case BUSY -> Optional.of(SOON);
      case WAITING, UNAVAILABLE -> Optional.of(LATER);
      case MALFORMED,
          UNPROVEN,
          REFUSED,
          ABSENT,
          LEASE_UNKNOWN,
          LEASE_OVER,
          OUTDATED,
          BROKEN,
          REPORT ->
          Optional.empty();
    };
  }
}
