package dev.hallpass.reconcile.provider;

import java.time.Duration;

/**
 * How often a target is looked at.
 *
 * @param probeWhenReady between probes of a target that answered
 * @param probeWhenFailing between probes of one that did not
 * @param sweep between searches for accounts that no lease names
 */
public record ProviderTimes(Duration probeWhenReady, Duration probeWhenFailing, Duration sweep) {

  /** Five minutes, 30 seconds, 15 seconds. */
  public static final ProviderTimes DEFAULT =
      new ProviderTimes(Duration.ofMinutes(5), Duration.ofSeconds(30), Duration.ofSeconds(15));
}
