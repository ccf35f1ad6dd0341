package dev.hallpass.policy;

/**
 * One reason why a policy does not allow a credential.
 *
 * @param policy the policy's name
 * @param generation of the policy
 * @param reason a word, as its author chose it
 * @param message what a person reads
 */
public record Denial(String policy, long generation, String reason, String message) {

  /** In these the decision failed rather than said no. */
  static final String FAILED = "ExpressionFailed";

  static final String INVALID = "PolicyInvalid";
  static final String NO_POLICY = "NoPolicy";

  @Override
  public String toString() {
    return policy.isEmpty()
        ? "%s: %s".formatted(reason, message)
        : "CredentialPolicy %s, %s: %s".formatted(policy, reason, message);
  }
}
