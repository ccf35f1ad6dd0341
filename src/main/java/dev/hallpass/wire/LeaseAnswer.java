package dev.hallpass.wire;

import java.time.Instant;

/**
 * A lease that is active.
 *
 * @param lease its name
 * @param expiresAt when the target stops accepting the credential, unless something follows
 * @param next what the pod does before that
 * @param trustBundle PEM certificates that the agent trusts from now on for the broker
 */
public record LeaseAnswer(String lease, Instant expiresAt, Next next, String trustBundle) {

  /** How the pod stays in possession of a credential. */
  public enum Next {
    /** It asks for a later expiry; the secret stays. */
    Renew,
    /** It asks for new material, and says what that replaces; the old stays usable meanwhile. */
    Reissue,
    /** Nothing: it has what it gets. */
    Keep
  }
}
