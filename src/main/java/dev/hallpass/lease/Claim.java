package dev.hallpass.lease;

import dev.hallpass.api.v1alpha1.CredentialApproval;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseSpec.PodRef;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.policy.ApprovalDecider;
import dev.hallpass.policy.ApprovalDecision;
import dev.hallpass.policy.ApprovalDemand;
import dev.hallpass.policy.IssueDecision.Allow;
import dev.hallpass.policy.Waiver;
import dev.hallpass.provider.CertificateAsk;
import dev.hallpass.provider.Target;
import java.time.Instant;
import java.util.List;
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
 * @param consent whom policies ask, and what people have said
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
    Consent consent,
    @Nullable CertificateAsk certificate) {

  /**
   * What stands between what was allowed and its issue.
   *
   * @param demands of the policies
   * @param given all approvals of the namespace; none where nobody is asked
   */
  public record Consent(List<ApprovalDemand> demands, List<CredentialApproval> given) {
    /** Nobody is asked. */
    public static final Consent UNASKED = new Consent(List.of(), List.of());
  }

  /** A claim before a key is proven, to which nothing gave way, and where nobody is asked. */
  public Claim(
      PodRef pod,
      Instant podCreatedAt,
      CredentialRequest request,
      RequestedCredential credential,
      Target target,
      Allow allowed) {
    this(pod, podCreatedAt, request, credential, target, allowed, null, Consent.UNASKED, null);
  }

  /** The same, with what to certify. */
  public Claim certifying(@Nullable CertificateAsk asked) {
    return new Claim(
        pod, podCreatedAt, request, credential, target, allowed, waiver, consent, asked);
  }

  /** How it stands with the people who are asked, for this lease, or for one yet to be made. */
  ApprovalDecision approval(@Nullable CredentialLease lease, Instant now) {
    return ApprovalDecider.decide(
        consent.demands(),
        consent.given(),
        new ApprovalDecider.Subject(request, credential, pod.uid(), lease, now));
  }

  String namespace() {
    return request.getMetadata().getNamespace();
  }
}
