package dev.hallpass.policy;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import dev.hallpass.wire.Reason;
import java.time.Duration;

/** Whether a credential may be issued. */
public sealed interface IssueDecision {

  /**
   * It may, within these limits.
   *
   * @param level the access level
   * @param ttl validity from each issue or renewal
   * @param maxLifetime validity in all
   */
  record Allow(AccessLevel level, Duration ttl, Duration maxLifetime) implements IssueDecision {}

  /**
   * It may not.
   *
   * @param reason the code
   * @param message names the field and the fix
   */
  record Deny(Reason reason, String message) implements IssueDecision {}
}
