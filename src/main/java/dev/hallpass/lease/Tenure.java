package dev.hallpass.lease;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.policy.Durations;
import dev.hallpass.provider.Renewal;
import dev.hallpass.wire.LeaseAnswer.Next;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;

/**
 * For how long a claim keeps a lease alive, and what its pod does before that is over.
 *
 * @param claim as it was decided now
 * @param lease the lease
 * @param renewal how the target's credentials stay valid
 */
record Tenure(Claim claim, CredentialLease lease, Renewal renewal) {
  private static final Duration DEFAULT_OVERLAP = Duration.ofMinutes(2);

  /** The end of the maxLifetime or of the break-glass, which no renewal passes. */
  Instant lastMoment() {
    var end = begun().plus(claim.allowed().maxLifetime());
    var waiver = claim.waiver();
    return waiver == null ? end : Collections.min(List.of(end, waiver.breakGlass().ends()));
  }

  /** When what is issued or renewed at this moment ends, in whole seconds. */
  Instant ends(Instant now) {
    return Collections.min(List.of(now.plus(ttl()), lastMoment())).truncatedTo(ChronoUnit.SECONDS);
  }

  /** Whether what is issued at this moment gets its whole ttl from this lease. */
  boolean lastsAt(Instant now) {
    return !now.plus(ttl()).isAfter(lastMoment());
  }

  /** What the pod does before this expiry. */
  Next next(Instant expiresAt) {
    if (lease.getSpec().mode() != Delivery.Mode.Sidecar) {
      return Next.Keep;
    }
    return switch (renewal) {
      case Extend -> rotates(expiresAt) ? Next.Reissue : Next.Renew;
      case Reissue -> Next.Reissue;
    };
  }

  /**
   * Pods come back at two thirds of the ttl, give or take: one renewal more, and what is left to
   * the old lease could be shorter than the overlap.
   */
  private boolean rotates(Instant expiresAt) {
    var rotation = claim.credential().delivery().rotation();
    var after = rotation == null ? null : rotation.after();
    return !expiresAt.plus(ttl().multipliedBy(3).dividedBy(4)).isBefore(lastMoment())
        || (after != null && !expiresAt.isBefore(begun().plus(Durations.parse(after))));
  }

  /**
   * How long it works beside its successor. At the time a pod asks for that one, a quarter of the
   * ttl is still left.
   */
  Duration overlap() {
    var rotation = claim.credential().delivery().rotation();
    var asked = rotation == null ? null : rotation.overlap();
    return Collections.min(
        List.of(asked == null ? DEFAULT_OVERLAP : Durations.parse(asked), ttl().dividedBy(4)));
  }

  private Duration ttl() {
    return claim.allowed().ttl();
  }

  private Instant begun() {
    return Moments.begun(lease);
  }
}
