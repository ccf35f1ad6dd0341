package dev.hallpass.cli;

import dev.hallpass.policy.Denial;
import dev.hallpass.wire.Reason;
import java.time.Duration;
import java.util.List;

/** What the broker would say to a pod that asked now, as far as this user can see. */
sealed interface Judgement {

  /**
   * It would issue.
   *
   * @param reported what policies in {@code Audit} would have against it
   */
  record Allowed(Duration ttl, Duration maxLifetime, List<Denial> reported) implements Judgement {}

  /** It would refuse. */
  record Denied(Reason reason, String message) implements Judgement {}

  /** The user may not see what it rests on. */
  record Unknown(String obstacle) implements Judgement {}
}
