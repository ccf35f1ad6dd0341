package dev.hallpass.lease;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.provider.Renewal;
import dev.hallpass.wire.LeaseAnswer.Next;
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

  /** The end of the maxLifetime, which no renewal passes. */
  Instant lastMoment() {
    return Instant.parse(lease.getMetadata().getCreationTimestamp())
        .plus(claim.allowed().maxLifetime());
  }

  /** When what is issued or renewed at this moment ends, in whole seconds. */
  Instant ends(Instant now) {
    return Collections.min(List.of(now.plus(claim.allowed().ttl()), lastMoment()))
        .truncatedTo(ChronoUnit.SECONDS);
  }

  /** What the pod does before this expiry. */
  Next next(Instant expiresAt) {
    if (lease.getSpec().mode() != Delivery.Mode.Sidecar) {
      return Next.Keep;
    }
    return switch (renewal) {
      case Extend -> expiresAt.isBefore(lastMoment()) ? Next.Renew : Next.Reissue;
      case Reissue -> Next.Reissue;
    };
  }
}
