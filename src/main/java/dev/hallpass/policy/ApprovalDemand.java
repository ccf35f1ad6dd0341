package dev.hallpass.policy;

import java.time.Duration;
import java.time.Instant;

/**
 * What one policy asks before a credential is issued.
 *
 * @param policy its name
 * @param generation of the policy
 * @param since when the policy was made: what was approved before was for another of its name
 * @param needed how many different people must approve
 * @param timeout how long a lease waits for them
 */
public record ApprovalDemand(
    String policy, long generation, Instant since, int needed, Duration timeout) {}
