package dev.hallpass.reconcile.lease;

import dev.hallpass.policy.PolicyFacts;
import dev.hallpass.policy.PolicyVerdict;
import dev.hallpass.wire.Reason;

/** What is said to a lease that stands. */
sealed interface Heard {

  /** There are no policies, and where none matches all is allowed. */
  record Unneeded() implements Heard {}

  /**
   * Policies were not asked: the provider does not allow it, or what they decide about is gone.
   *
   * @param why what a person reads
   */
  record Refused(Reason reason, String why) implements Heard {}

  /**
   * Policies were asked.
   *
   * @param told what they were told
   */
  record Judged(PolicyVerdict verdict, PolicyFacts told) implements Heard {}
}
