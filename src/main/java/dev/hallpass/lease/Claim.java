package dev.hallpass.lease;

import dev.hallpass.api.v1alpha1.CredentialLeaseSpec.PodRef;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.policy.IssueDecision.Allow;
import dev.hallpass.policy.Waiver;
import dev.hallpass.provider.CertificateAsk;
import dev.hallpass.provider.Target;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a proven pod asks for, and what was allowed.
 *
 * @param pod the pod, as proven
 * @param podCreatedAt when the API server made the pod
 * @param request the request that selects it
 * @param credential one of the request's
 * @param target where it is minted
 * @param allowed within these limits
 * @param waiver what gave way to a break-glass; null where nothing had to
 * @param certificate what to certify, where the target mints certificates; null otherwise
 */
public record Claim(
    PodRef pod,
    Instant podCreatedAt,
    CredentialRequest request,
    RequestedCredential credential,
    Target target,
    Allow allowed,
    @Nullable Waiver waiver,
    @Nullable CertificateAsk certificate) {

  /** A claim to something else than a certificate, to which nothing gave way. */
  public Claim(
      PodRef pod,
      Instant podCreatedAt,
      CredentialRequest request,
      RequestedCredential credential,
      Target target,
      Allow allowed) {
    this(pod, podCreatedAt, request, credential, target, allowed, null, null);
  }

  /** The same, with what to certify. */
  public Claim certifying(@Nullable CertificateAsk asked) {
    return new Claim(pod, podCreatedAt, request, credential, target, allowed, waiver, asked);
  }

  String namespace() {
    return request.getMetadata().getNamespace();
  }
}
