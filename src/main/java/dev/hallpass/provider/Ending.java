package dev.hallpass.provider;

import java.time.Duration;

/**
 * What a lease leaves behind at its target.
 *
 * @param subject the account
 * @param epoch the last issue that was written down; none after it was ever minted
 * @param ttl for how long each issue was good at most
 */
public record Ending(Subject subject, long epoch, Duration ttl) {}
