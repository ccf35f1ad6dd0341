package dev.hallpass.cli;

import static java.util.stream.Collectors.joining;

import dev.hallpass.policy.ApprovalDemand;
import dev.hallpass.policy.Denial;
import dev.hallpass.policy.Durations;
import dev.hallpass.wire.Reason;
import java.time.Duration;
import java.util.List;

/** What the broker would say to a pod that asked now, as far as this user can see. */
sealed interface Judgement {

  /**
   * It would issue.
   *
   * @param demands whom policies ask before
   * @param reported what policies in {@code Audit} would have against it
   */
  record Allowed(
      Duration ttl, Duration maxLifetime, List<Denial> reported, List<ApprovalDemand> demands)
      implements Judgement {

    /** It as a sentence about a credential. */
    String sentence(Object credential) {
      return "%s would be issued now, for %s at a time and %s in all%s"
          .formatted(
              credential,
              Durations.format(ttl),
              Durations.format(maxLifetime),
              demands.stream()
                  .map(d -> ", once %d say yes for %s".formatted(d.needed(), d.policy()))
                  .collect(joining()));
    }
  }

  /** It would refuse. */
  record Denied(Reason reason, String message) implements Judgement {}

  /** The user may not see what it rests on. */
  record Unknown(String obstacle) implements Judgement {}
}
