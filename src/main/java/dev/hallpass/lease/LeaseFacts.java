package dev.hallpass.lease;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that the end of a lease depends on.
 *
 * @param lease the lease
 * @param pod the pod of its name, whatever its UID; null where there is none
 * @param nodeLostSince when the pod's node was last known to be well; null where it is well
 * @param serviceAccountSince when the service account the pod runs as was created; null where there
 *     is none of that name
 * @param request the request of its name, whatever its UID; null where there is none
 * @param provider the spec of its provider; null where there is none, or where it is being deleted
 * @param successor the lease that took its place; null where none was ever active
 * @param breakGlassEnds when the break-glass that the lease names ends, or ended; null where it
 *     names none, or where there is none of that UID
 * @param namespace the lease's namespace
 * @param now the time
 */
public record LeaseFacts(
    CredentialLease lease,
    @Nullable Pod pod,
    @Nullable Instant nodeLostSince,
    @Nullable Instant serviceAccountSince,
    @Nullable CredentialRequest request,
    @Nullable CredentialProviderSpec provider,
    @Nullable CredentialLease successor,
    @Nullable Instant breakGlassEnds,
    NamespaceFacts namespace,
    Instant now) {

  /** The same at another time. */
  public LeaseFacts at(Instant moment) {
    return new LeaseFacts(
        lease,
        pod,
        nodeLostSince,
        serviceAccountSince,
        request,
        provider,
        successor,
        breakGlassEnds,
        namespace,
        moment);
  }

  /**
   * What matters about a namespace.
   *
   * @param labels its labels
   * @param terminating whether it is being deleted
   */
  public record NamespaceFacts(Map<String, String> labels, boolean terminating) {}
}
