package dev.hallpass.policy;

import static java.util.stream.Collectors.joining;

import dev.hallpass.wire.Reason;
import java.util.List;

/**
 * One reason why a policy does not allow a credential.
 *
 * @param policy the policy's name; empty where it is that there is none
 * @param generation of the policy
 * @param ground what it rests on
 * @param reason a word, as its author chose it
 * @param message what a person reads
 */
public record Denial(String policy, long generation, Ground ground, String reason, String message) {
  /** The reason where an expression compiles and fails. */
  public static final String EXPRESSION_FAILED = Reason.ExpressionFailed.name();

  /** What a denial rests on. */
  public enum Ground {
    /** The policy says no. */
    Rule,
    /** The policy is wrong, or cannot be evaluated, and says nothing. */
    Failure,
    /** The policy asks people, and too few of them have said yes. */
    Silence,
    /** The policy asks people, and one of them said no. */
    Refusal
  }

  static Denial failed(String policy, long generation, String reason, String message) {
    return new Denial(policy, generation, Ground.Failure, reason, message);
  }

  static Denial ruled(String policy, long generation, String reason, String message) {
    return new Denial(policy, generation, Ground.Rule, reason, message);
  }

  /** All of them, in a line. */
  public static String sentence(List<Denial> denials) {
    return denials.stream().map(Denial::toString).collect(joining("; "));
  }

  @Override
  public String toString() {
    return policy.isEmpty()
        ? "%s: %s".formatted(reason, message)
        : "CredentialPolicy %s, %s: %s".formatted(policy, reason, message);
  }
}
