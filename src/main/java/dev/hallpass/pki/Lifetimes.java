package dev.hallpass.pki;

import java.time.Duration;

/**
 * How long certificates live.
 *
 * @param authority life of a CA
 * @param leaf life of a serving certificate
 * @param overlap how long a new CA is in the trust bundle before it signs; longer than any client
 *     takes to learn a new bundle
 */
public record Lifetimes(Duration authority, Duration leaf, Duration overlap) {

  /** Five years, 90 days, and a week: agents learn a new bundle within a ttl, at most 24 hours. */
  public static final Lifetimes DEFAULT =
      new Lifetimes(Duration.ofDays(1825), Duration.ofDays(90), Duration.ofDays(7));

  /** Refuses lifetimes under which a leaf could outlive its CA. */
  public Lifetimes {
    if (overlap.isNegative() || leaf.isNegative() || leaf.isZero()) {
      throw new IllegalArgumentException("lifetimes must be positive");
    }
    if (overlap.plus(leaf).compareTo(authority.dividedBy(3)) > 0) {
      throw new IllegalArgumentException(
          "overlap (%s) and leaf (%s) must fit into the last third of the authority's life (%s)"
              .formatted(overlap, leaf, authority));
    }
  }
}
