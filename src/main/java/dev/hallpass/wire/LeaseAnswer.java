package dev.hallpass.wire;

import java.time.Instant;

/**
 * A lease that is active.
 *
 * @param lease its name
 * @param expiresAt when the target stops accepting the credential, unless renewed
 * @param renewable whether a later expiry can still be had
 * @param trustBundle PEM certificates that the agent trusts from now on for the broker
 */
public record LeaseAnswer(String lease, Instant expiresAt, boolean renewable, String trustBundle) {}
