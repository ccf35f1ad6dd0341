package dev.hallpass.policy;

import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.provider.Offer;
import java.util.Optional;

/**
 * Credentials that end with their ttl, as a pod fetches them once and nobody can move their end.
 * See docs/adr/0009-init-credentials-end-with-their-ttl.md.
 */
public final class FetchedOnce {
  private FetchedOnce() {}

  /** What is to be known about such a credential, beginning with its field; empty for others. */
  public static Optional<String> note(RequestedCredential credential, Offer offer) {
    return switch (offer.renewal()) {
      case Extend -> Optional.empty();
      case Reissue ->
          credential.delivery().mode() == Delivery.Mode.Init
              ? Optional.of(
                  "spec.credentials[%s].delivery.mode: what Init fetches from %s cannot be extended, and ends after its ttl of %s; pods that live longer need mode: Sidecar"
                      .formatted(credential.name(), credential.providerRef(), credential.ttl()))
              : Optional.empty();
    };
  }
}
