package dev.hallpass.policy;

import java.time.Duration;
import java.time.Instant;

/**
 * What one policy asks before a credential is issued.
 *
 * @param policy its name
 * @param generation of the policy
 * @param since when policy and provider were made: what was approved before was for others of their
 *     names
 * @param needed how many different people must approve
 * @param timeout how long a lease waits for them
 */
public record ApprovalDemand(
    String policy, long generation, Instant since, int needed, Duration timeout) {

  /** The same, where what was approved before this moment counts for nothing, either. */
  ApprovalDemand notBefore(Instant moment) {
    return moment.isAfter(since)
        ? new ApprovalDemand(policy, generation, moment, needed, timeout)
        : this;
  }
}
