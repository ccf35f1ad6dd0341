package dev.hallpass.admission;

import dev.hallpass.wire.Reason;

/** What happens to a pod at its creation. */
public sealed interface InjectionDecision {

  /** It gets what the plan says. */
  record Inject(InjectionPlan plan) implements InjectionDecision {}

  /** It is none of Hallpass's business. */
  record Leave() implements InjectionDecision {}

  /**
   * It is not created.
   *
   * @param reason the code; of several, the first
   * @param message names the object, the field and the fix, each followed by its code
   */
  record Refuse(Reason reason, String message) implements InjectionDecision {}
}
