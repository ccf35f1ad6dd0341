package dev.hallpass.agent;

import dev.hallpass.wire.Reason;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Takes the steps of all credentials, each when it is due, on the thread that calls. */
final class Duty {
  /** The wall clock can jump, so no sleep is longer. */
  private static final Duration LONGEST_SLEEP = Duration.ofSeconds(30);

  private final List<CredentialLoop> credentials;
  private final Clock clock;
  private final Semaphore bell = new Semaphore(0);

  /** Serves these, at least one. */
  Duty(List<CredentialLoop> credentials, Clock clock) {
    this.credentials = credentials;
    this.clock = clock;
  }

  /**
   * Goes on until the thread is interrupted.
   *
   * @param turned is told after each turn
   */
  void keep(Runnable turned) throws InterruptedException {
    while (true) {
      turn(Instant.MAX);
      turned.run();
    }
  }

  /**
   * Goes on until all can be used, or the time is over; says whether all can be used. While people
   * are asked, the time stands still.
   */
  boolean fetch(Duration timeout) throws InterruptedException {
    var deadline = clock.instant().plus(timeout);
    while (!ready() && clock.instant().isBefore(deadline)) {
      turn(deadline);
      deadline = awaitsPeople() ? clock.instant().plus(timeout) : deadline;
    }
    return ready();
  }

  private boolean awaitsPeople() {
    for (var credential : credentials) {
      var trouble = credential.trouble();
      if (trouble != null && trouble.reason().kind() == Reason.Kind.WAITING) {
        return true;
      }
    }
    return false;
  }

  /** Whether all credentials can be used now. */
  boolean ready() {
    for (var credential : credentials) {
      if (!credential.ready()) {
        return false;
      }
    }
    return true;
  }

  /** What cannot be used, a line each, with all that is known about why. */
  String obstacles() {
    var text = new StringBuilder();
    for (var credential : credentials) {
      if (!credential.ready()) {
        text.append(credential.name()).append(": ").append(credential.standing());
        var trouble = credential.trouble();
        text.append(trouble == null ? "" : ": " + trouble.getMessage()).append('\n');
      }
    }
    return text.toString();
  }

  /** The same for everyone who can reach the pod: with the reason codes alone. */
  String publicObstacles() {
    var text = new StringBuilder();
    for (var credential : credentials) {
      if (!credential.ready()) {
        text.append(credential.name()).append(": ").append(credential.standing()).append('\n');
      }
    }
    return text.toString();
  }

  /** Somebody says that a lease may have ended. Any thread may call. */
  void ring() {
    bell.release();
  }

  private void turn(Instant deadline) throws InterruptedException {
    if (bell.drainPermits() > 0) {
      credentials.forEach(CredentialLoop::doubt);
    }
    var next = credentials.getFirst();
    for (var credential : credentials) {
      if (credential.due().isBefore(next.due())) {
        next = credential;
      }
    }
    var now = clock.instant();
    if (!now.isBefore(next.due())) {
      next.step();
      return;
    }
    var until = next.due().isBefore(deadline) ? next.due() : deadline;
    var left = Duration.between(now, until);
    var sleep = left.compareTo(LONGEST_SLEEP) < 0 ? left : LONGEST_SLEEP;
    if (bell.tryAcquire(sleep.toNanos(), TimeUnit.NANOSECONDS)) {
      credentials.forEach(CredentialLoop::doubt);
    }
  }
}
