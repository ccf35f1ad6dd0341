package dev.hallpass.agent;

import dev.hallpass.wire.LeaseAnswer;
import dev.hallpass.wire.LeaseAnswer.Next;
import dev.hallpass.wire.LeaseCall;
import dev.hallpass.wire.Reason;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Gets one credential and keeps it alive, a step at a time: issue and stage, acknowledge, swap;
 * then renew, or have new material take the place of the old, which stays in the files until then.
 * Steps are taken by one thread; others may ask how it stands.
 */
final class CredentialLoop {
  /** Between two calls that ask about a lease because somebody, who may be anybody, said so. */
  private static final Duration DOUBTS = Duration.ofSeconds(30);

  private final CredentialName name;
  private final BrokerClient broker;
  private final List<FileDrop> drops;
  private final Herald herald;
  private final Log log;
  private final Clock clock;
  private final RandomGenerator random;

  /** What the files hold; null where nothing in them could be used. */
  private @Nullable LeaseCall held;

  /** What was issued, and waits beside the files for its login to be enabled. */
  private @Nullable LeaseCall staged;

  private Next next = Next.Reissue;
  private int failures;
  private Instant due;
  private Instant checkDue = Instant.MAX;
  private Instant nextCheck = Instant.MIN;
  private volatile @Nullable Instant usableUntil;
  private volatile @Nullable CallException trouble;

  CredentialLoop(
      CredentialName name,
      BrokerClient broker,
      List<FileDrop> drops,
      Herald herald,
      Log log,
      Clock clock,
      RandomGenerator random) {
    this.name = name;
    this.broker = broker;
    this.drops = drops;
    this.herald = herald;
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
    var own = checkDue.isBefore(due) ? checkDue : due;
    return herald.due().isBefore(own) ? herald.due() : own;
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
    if (herald.due().isBefore(due) && herald.due().isBefore(checkDue)) {
      herald.tell();
      return;
    }
    try {
      if (checkDue.isBefore(due)) {
        check();
      } else if (staged != null) {
        acknowledge(staged);
      } else if (held == null) {
        acknowledge(deliver(null));
      } else {
        keep(held);
      }
    } catch (CallException e) {
      failed(e);
    }
  }

  /** The lease may have ended: it is asked about, soon, but not at every word of strangers. */
  void doubt() {
    if (held != null) {
      var now = clock.instant();
      checkDue = nextCheck.isAfter(now) ? nextCheck : now;
    }
  }

  /** Of what is under way the next step tells by itself. */
  private void check() {
    checkDue = Instant.MAX;
    if (held != null && staged == null) {
      nextCheck = clock.instant().plus(DOUBTS);
      try {
        broker.check(held);
      } catch (CallException e) {
        // A question that strangers brought about and nobody answered changes nothing of ours.
        if (over(e.reason())) {
          failed(e);
        }
      }
    }
  }

  private void keep(LeaseCall lease) throws CallException {
    switch (next) {
      case Renew -> {
        var answer = broker.renew(lease);
        if (trouble != null) {
          log.info("renewed until " + answer.expiresAt(), name, lease.lease());
        }
        active(answer);
      }
      case Reissue -> acknowledge(deliver(lease));
      case Keep -> due = Instant.MAX;
    }
  }

  private LeaseCall deliver(@Nullable LeaseCall replaces) throws CallException {
    var answer = broker.issue(name, replaces);
    try {
      for (var drop : drops) {
        drop.stage(answer.files());
      }
    } catch (IOException e) {
      throw undelivered(e);
    }
    var issued = new LeaseCall(answer.lease(), answer.epoch());
    staged = issued;
    return issued;
  }

  private void acknowledge(LeaseCall issued) throws CallException {
    var answer = broker.acknowledge(issued);
    staged = null;
    try {
      var replaced = false;
      for (var drop : drops) {
        replaced |= drop.swap();
      }
      if (replaced) {
        herald.filesChanged();
      }
    } catch (IOException e) {
      lost();
      throw undelivered(e);
    }
    held = issued;
    active(answer);
    log.info("active until " + answer.expiresAt(), name, issued.lease());
  }

  private static CallException undelivered(IOException e) {
    return new CallException(
        Reason.DeliveryFailed, e.getClass().getSimpleName() + ": " + e.getMessage(), e);
  }

  private void active(LeaseAnswer answer) {
    next = answer.next();
    usableUntil = answer.expiresAt();
    trouble = null;
    failures = 0;
    var now = clock.instant();
    due = now.plus(RenewalTime.after(now, answer.expiresAt(), random));
    if (next == Next.Keep) {
      usableUntil = Instant.MAX;
      due = Instant.MAX;
    }
  }

  private void failed(CallException failure) {
    var before = trouble;
    var lease = staged != null ? staged : held;
    if (before == null || before.reason() != failure.reason()) {
      log.warn(
          String.valueOf(failure.getMessage()),
          name,
          lease == null ? null : lease.lease(),
          failure.reason());
    }
    trouble = failure;
    failures++;
    if (over(failure.reason())) {
      letGo(failure.reason());
    } else if (failure.reason() == Reason.ApprovalAwaited && next == Next.Renew) {
      // What we hold is good until it expires; meanwhile another lease asks for approval.
      next = Next.Reissue;
    }
    due = clock.instant().plus(Backoff.after(failures, failure.reason(), random));
  }

  /** What was issued last is gone first; what the files hold may still be good. */
  private void letGo(Reason reason) {
    if (staged != null) {
      staged = null;
    } else if (reason == Reason.LifetimeOver && next == Next.Renew) {
      next = Next.Reissue;
    } else {
      lost();
    }
  }

  private void lost() {
    held = null;
    usableUntil = null;
  }

  /** Whether the lease we hold is of no more use, so that a new one must be asked for. */
  private static boolean over(Reason reason) {
    return switch (reason.kind()) {
      case LEASE_UNKNOWN, LEASE_OVER, OUTDATED -> true;
      case MALFORMED, UNPROVEN, REFUSED, ABSENT, WAITING, BUSY, UNAVAILABLE, BROKEN, REPORT ->
          false;
    };
  }
}
