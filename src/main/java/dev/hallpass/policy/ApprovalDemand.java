package dev.hallpass.policy;

import java.time.Duration;

/**
 * What one policy asks before a credential is issued.
 *
 * @param policy its name
 * @param generation of the policy
 * @param needed how many different people must approve
 * @param timeout how long a lease waits for them
 */
public record ApprovalDemand(String policy, long generation, int needed, Duration timeout) {}
