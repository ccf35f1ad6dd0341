package dev.hallpass.policy;

import static java.util.stream.Collectors.joining;

import dev.hallpass.wire.Excerpt;
import dev.hallpass.wire.Reason;
import java.util.List;
import java.util.stream.Stream;

/**
 * One reason why a policy does not allow a credential.
 *
 * @param policy the policy's name; empty where it is that there is none
 * @param generation of the policy
 * @param ground what it rests on
 * @param reason a word, as its author chose it
 * @param message what a person reads, cut at {@value Excerpt#STATEMENT} characters: expressions say
 *     what they like, and quote pods
 */
public record Denial(String policy, long generation, Ground ground, String reason, String message) {
  /** The reason where an expression compiles and fails. */
  public static final String EXPRESSION_FAILED = Reason.ExpressionFailed.name();

  /** So many are told in a line. */
  private static final int TOLD = 8;

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

  /** One reason. */
  public Denial {
    message = Excerpt.of(message, Excerpt.STATEMENT);
  }

  static Denial failed(String policy, long generation, String reason, String message) {
    return new Denial(policy, generation, Ground.Failure, reason, message);
  }

  static Denial ruled(String policy, long generation, String reason, String message) {
    return new Denial(policy, generation, Ground.Rule, reason, message);
  }

  /** All of them in a line; of many the first, and how many more there are. */
  public static String sentence(List<Denial> denials) {
    var told = denials.stream().limit(TOLD).map(Denial::toString);
    var left = denials.size() - TOLD;
    return Stream.concat(told, left > 0 ? Stream.of("and %d more".formatted(left)) : Stream.empty())
        .collect(joining("; "));
  }

  @Override
  public String toString() {
    return policy.isEmpty()
        ? "%s: %s".formatted(reason, message)
        : "CredentialPolicy %s, %s: %s".formatted(policy, reason, message);
  }
}
