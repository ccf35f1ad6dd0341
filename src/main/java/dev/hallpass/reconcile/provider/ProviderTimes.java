package dev.hallpass.reconcile.provider;

import java.time.Duration;

/**
 * How often a target is looked at, and how long after its provider was deleted.
 *
 * @param probeWhenReady between probes of a target that answered
 * @param probeWhenFailing between probes of one that did not
 * @param sweep between searches for accounts that no lease names
 * @param linger how long a deleted provider is kept at the least: a broker whose watch lags, or
 *     that stalled, may still write a lease of it, which nobody could end without it
 */
public record ProviderTimes(
    Duration probeWhenReady, Duration probeWhenFailing, Duration sweep, Duration linger) {

  /** Five minutes, 30 seconds, 15 seconds, 10 seconds. */
  public static final ProviderTimes DEFAULT =
      new ProviderTimes(
          Duration.ofMinutes(5),
          Duration.ofSeconds(30),
          Duration.ofSeconds(15),
          Duration.ofSeconds(10));
}
