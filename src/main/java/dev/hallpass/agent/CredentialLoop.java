package dev.hallpass.agent;

import dev.hallpass.wire.LeaseAnswer;
import dev.hallpass.wire.LeaseCall;
import dev.hallpass.wire.Reason;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Gets one credential and keeps it alive, a step at a time: issue and write, acknowledge, renew.
 * Steps are taken by one thread; others may ask how it stands.
 */
final class CredentialLoop {
  private enum Phase {
    /** Nothing that could be used is in the files. */
    MISSING,
    /** The files are written; the login is not enabled yet. */
    DELIVERED,
    /** Usable, and to be renewed. */
    ACTIVE,
    /** Usable, but this lease has no longer life to give: a fresh one is to replace it. */
    LAST
  }

  private final CredentialName name;
  private final BrokerClient broker;
  private final List<FileDrop> drops;
  private final Log log;
  private final Clock clock;
  private final RandomGenerator random;

  private Phase phase = Phase.MISSING;
  private LeaseCall lease = new LeaseCall("", 0);
  private int failures;
  private Instant due;
  private volatile @Nullable Instant usableUntil;
  private volatile @Nullable CallException trouble;

  CredentialLoop(
      CredentialName name,
      BrokerClient broker,
      List<FileDrop> drops,
      Log log,
      Clock clock,
      RandomGenerator random) {
    this.name = name;
    this.broker = broker;
    this.drops = drops;
    this.log = log;
    this.clock = clock;
    this.random = random;
    this.due = clock.instant();
  }

  CredentialName name() {
    return name;
  }

  /** When the next step is to be taken. */
  Instant due() {
    return due;
  }

  /** Whether what is in the files can be used now. */
  boolean ready() {
    var until = usableUntil;
    return until != null && clock.instant().isBefore(until);
  }

  /** Why the last step failed; null where it did not. */
  @Nullable CallException trouble() {
    return trouble;
  }

  /** The reason code of the last failure, or that there was none yet. */
  String standing() {
    var failure = trouble;
    return failure == null ? "not there yet" : failure.reason().name();
  }

  /** Takes the next step; a failure is logged once, and sets when to try again. */
  void step() {
    try {
      switch (phase) {
        case MISSING, LAST -> {
          deliver();
          acknowledge();
        }
        case DELIVERED -> acknowledge();
        case ACTIVE -> active(broker.renew(lease));
      }
    } catch (CallException e) {
      failed(e);
    }
  }

  private void deliver() throws CallException {
    var answer = broker.issue(name);
    // From here on the old secret is no longer the account's, whatever the files hold.
    phase = Phase.MISSING;
    usableUntil = null;
    lease = new LeaseCall(answer.lease(), answer.epoch());
    try {
      for (var drop : drops) {
        drop.place(answer.files());
      }
    } catch (IOException e) {
      throw new CallException(
          Reason.DeliveryFailed, e.getClass().getSimpleName() + ": " + e.getMessage(), e);
    }
    phase = Phase.DELIVERED;
  }

  private void acknowledge() throws CallException {
    var answer = broker.acknowledge(lease);
    active(answer);
    log.info("active until " + answer.expiresAt(), name, lease.lease());
  }

  private void active(LeaseAnswer answer) {
    if (trouble != null && phase == Phase.ACTIVE) {
      log.info("renewed until " + answer.expiresAt(), name, lease.lease());
    }
    phase = answer.renewable() ? Phase.ACTIVE : Phase.LAST;
    usableUntil = answer.expiresAt();
    trouble = null;
    failures = 0;
    var now = clock.instant();
    due = now.plus(Renewal.after(now, answer.expiresAt(), random));
  }

  private void failed(CallException failure) {
    var before = trouble;
    if (before == null || before.reason() != failure.reason()) {
      log.warn(
          String.valueOf(failure.getMessage()),
          name,
          lease.lease().isEmpty() ? null : lease.lease(),
          failure.reason());
    }
    trouble = failure;
    failures++;
    if (failure.reason() == Reason.LifetimeOver && phase == Phase.ACTIVE) {
      phase = Phase.LAST;
    } else if (over(failure.reason())) {
      phase = Phase.MISSING;
      usableUntil = null;
    }
    due = clock.instant().plus(Backoff.after(failures, failure.reason(), random));
  }

  /** Whether the lease we hold is of no more use, so that a new one must be asked for. */
  private static boolean over(Reason reason) {
    return switch (reason.kind()) {
      case LEASE_UNKNOWN, LEASE_OVER, OUTDATED -> true;
      case MALFORMED, UNPROVEN, REFUSED, ABSENT, BUSY, UNAVAILABLE, BROKEN, REPORT -> false;
    };
  }
}
