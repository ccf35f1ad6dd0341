package dev.hallpass.audit;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseSpec.PodRef;
import dev.hallpass.api.v1alpha1.CredentialLeaseSpec.RequestRef;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.api.v1alpha1.ProviderRef;
import org.jspecify.annotations.Nullable;

/**
 * Who holds or asks for what, and why.
 *
 * @param namespace of the pod, its request and its lease
 * @param pod the workload, as proven
 * @param request what it asks by
 * @param credential the credential's name in the request
 * @param provider where it is minted
 * @param access the level
 * @param owner the team that answers for it
 * @param purpose why it is asked for
 * @param lease the hold itself; null before there is one
 */
public record Held(
    String namespace,
    PodRef pod,
    RequestRef request,
    String credential,
    ProviderRef provider,
    String access,
    String owner,
    String purpose,
    @Nullable LeaseId lease) {

  /**
   * A lease.
   *
   * @param name in the namespace
   * @param uid by which accounts at targets are named
   */
  public record LeaseId(String name, String uid) {}

  /** What this lease says. */
  public static Held of(CredentialLease lease) {
    var spec = lease.getSpec();
    return new Held(
        lease.getMetadata().getNamespace(),
        spec.pod(),
        spec.requestRef(),
        spec.credential(),
        spec.providerRef(),
        spec.access(),
        spec.owner(),
        spec.purpose(),
        new LeaseId(lease.getMetadata().getName(), lease.getMetadata().getUid()));
  }

  /** What this pod asks for. */
  public static Held of(PodRef pod, CredentialRequest request, RequestedCredential credential) {
    var meta = request.getMetadata();
    return new Held(
        meta.getNamespace(),
        pod,
        new RequestRef(meta.getName(), meta.getUid()),
        credential.name(),
        credential.providerRef(),
        credential.access(),
        request.getSpec().owner(),
        request.getSpec().purpose(),
        null);
  }

  /** The same under this lease. */
  public Held under(LeaseId known) {
    return new Held(namespace, pod, request, credential, provider, access, owner, purpose, known);
  }

  /** What a record about it is filed under: the lease, or else the pod. */
  String subject() {
    return lease == null
        ? "%s/pods/%s".formatted(namespace, pod.name())
        : "%s/leases/%s".formatted(namespace, lease.name());
  }
}
