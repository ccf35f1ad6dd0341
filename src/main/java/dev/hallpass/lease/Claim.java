package dev.hallpass.lease;

import dev.hallpass.api.v1alpha1.CredentialLeaseSpec.PodRef;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.policy.IssueDecision.Allow;
import dev.hallpass.provider.Target;

/**
 * What a proven pod asks for, and what was allowed.
 *
 * @param pod the pod, as proven
 * @param request the request that selects it
 * @param credential one of the request's
 * @param target where it is minted
 * @param allowed within these limits
 */
public record Claim(
    PodRef pod,
    CredentialRequest request,
    RequestedCredential credential,
    Target target,
    Allow allowed) {

  String namespace() {
    return request.getMetadata().getNamespace();
  }
}
