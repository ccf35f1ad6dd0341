package dev.hallpass.lease;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseSpec;
import dev.hallpass.api.v1alpha1.CredentialLeaseSpec.BreakGlassRef;
import dev.hallpass.api.v1alpha1.CredentialLeaseSpec.Replaced;
import dev.hallpass.api.v1alpha1.CredentialLeaseSpec.RequestRef;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.policy.Durations;
import dev.hallpass.policy.Waiver;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import org.jspecify.annotations.Nullable;

/** A lease as it is created: what it will always say of who holds what, why and for how long. */
final class NewLease {
  private NewLease() {}

  /** Without a status: Pending, at its first epoch. */
  static CredentialLease of(Claim claim, String name, @Nullable Replaced replaces) {
    var request = claim.request().getMetadata();
    var spec = claim.request().getSpec();
    var lease = new CredentialLease();
    lease.setMetadata(
        new ObjectMetaBuilder()
            .withName(name)
            .withNamespace(claim.namespace())
            .addToLabels(HallpassApi.POD_UID_LABEL, claim.pod().uid())
            .addToLabels(HallpassApi.REQUEST_UID_LABEL, request.getUid())
            .addToFinalizers(HallpassApi.REVOCATION_FINALIZER)
            .build());
    lease.setSpec(
        new CredentialLeaseSpec(
            new RequestRef(request.getName(), request.getUid()),
            claim.credential().name(),
            claim.pod(),
            claim.credential().providerRef(),
            claim.credential().access(),
            Durations.format(claim.allowed().ttl()),
            Durations.format(claim.allowed().maxLifetime()),
            claim.credential().delivery().mode(),
            spec.owner(),
            spec.purpose(),
            replaces,
            breakGlass(claim.waiver())));
    return lease;
  }

  private static @Nullable BreakGlassRef breakGlass(@Nullable Waiver waiver) {
    return waiver == null
        ? null
        : new BreakGlassRef(
            waiver.breakGlass().name(), waiver.breakGlass().uid(), waiver.policies());
  }
}
