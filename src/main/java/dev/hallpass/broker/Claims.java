package dev.hallpass.broker;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseSpec.PodRef;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.kube.Catalog;
import dev.hallpass.kube.LogKeys;
import dev.hallpass.lease.Claim;
import dev.hallpass.lease.Claim.Consent;
import dev.hallpass.lease.Inquiry;
import dev.hallpass.lease.RefusedException;
import dev.hallpass.lease.RevokeOrder;
import dev.hallpass.policy.ApprovalDemand;
import dev.hallpass.policy.IssueDecider;
import dev.hallpass.provider.Drivers;
import dev.hallpass.provider.Readiness;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.CustomResource;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/**
 * What a proven pod may have, decided anew at each call: nothing is taken over from an earlier one,
 * and nothing leans on the webhook. Throws {@link RefusedException} where it may not.
 *
 * <p>What was seen of requests and providers is enough for a yes, since the controller ends a lease
 * for the same reasons; a no is asked of the API server again ({@code docs/adr/0008}).
 */
final class Claims {
  private final Catalog seen;
  private final Catalog now;
  private final RecentTargets targets;
  private final Drivers drivers;
  private final Policies policies;
  private final Clock clock;

  Claims(
      Catalog seen,
      Catalog now,
      RecentTargets targets,
      Drivers drivers,
      Policies policies,
      Clock clock) {
    this.seen = seen;
    this.now = now;
    this.targets = targets;
    this.drivers = drivers;
    this.policies = policies;
    this.clock = clock;
  }

  /** The request of that name in the pod's namespace. */
  CredentialRequest request(Pod pod, String name) {
    return decide(catalog -> request(catalog, pod, name));
  }

  /** The claim that a lease of this pod rests on, if it still has one. */
  Claim underlying(Pod pod, CredentialLease lease, AuditedCall audited) {
    return decide(catalog -> underlying(catalog, pod, lease, audited));
  }

  /**
   * The claim of this pod to secret material of one credential of a request. What is known to fail
   * is not tried: a target that is down, or an admin account that lacks a privilege, would hold the
   * caller up, and leave a lease to undo.
   */
  Claim claim(Pod pod, String request, String credential, AuditedCall audited) {
    return decide(catalog -> claim(catalog, pod, request, credential, audited));
  }

  private <T> T decide(Function<Catalog, T> decision) {
    if (seen.isCurrent()) {
      try {
        return decision.apply(seen);
      } catch (RefusedException perhapsOutdated) {
        return decision.apply(now);
      }
    }
    return decision.apply(now);
  }

  private static CredentialRequest request(Catalog catalog, Pod pod, String name) {
    return catalog
        .request(pod.getMetadata().getNamespace(), name)
        .filter(r -> !r.isMarkedForDeletion())
        .orElseThrow(
            () ->
                new RefusedException(
                    Reason.RequestNotFound, "there is no CredentialRequest %s".formatted(name)));
  }

  private Claim underlying(Catalog catalog, Pod pod, CredentialLease lease, AuditedCall audited) {
    audited.anew();
    var spec = lease.getSpec();
    var request = request(catalog, pod, spec.requestRef().name());
    if (!request.getMetadata().getUid().equals(spec.requestRef().uid())) {
      throw new RefusedException(Reason.LeaseEnded, "the request of the lease was deleted");
    }
    var credential = credential(pod, request, spec.credential());
    var claim =
        decide(
            catalog, pod, request, credential, provider(catalog, pod, credential), lease, audited);
    if (!claim.credential().access().equals(spec.access())
        || !claim.credential().providerRef().equals(spec.providerRef())) {
      throw new RefusedException(Reason.LeaseEnded, "the request asks for something else now");
    }
    return claim;
  }

  private Claim claim(
      Catalog catalog, Pod pod, String requestName, String name, AuditedCall audited) {
    audited.anew();
    var request = request(catalog, pod, requestName);
    var credential = credential(pod, request, name);
    var provider = provider(catalog, pod, credential);
    var claim = decide(catalog, pod, request, credential, provider, null, audited);
    if (provider.map(Readiness::of).orElseThrow() instanceof Readiness.Failing(var detail)) {
      throw Policies.refused(request, IssueDecider.notReady(credential, detail));
    }
    return claim;
  }

  private RequestedCredential credential(Pod pod, CredentialRequest request, String name) {
    var spec = request.getSpec();
    if (!spec.workload().serviceAccountName().equals(pod.getSpec().getServiceAccountName())
        || !spec.workload().selector().matches(pod.getMetadata().getLabels())) {
      throw new RefusedException(
          Reason.NotSelected,
          "spec.workload of CredentialRequest %s does not select pod %s"
              .formatted(request.getMetadata().getName(), pod.getMetadata().getName()));
    }
    requireNoRevokeOrder(request);
    requireNoRevokeOrder(pod);
    var credential =
        spec.credentials().stream()
            .filter(c -> c.name().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new RefusedException(
                        Reason.CredentialNotFound,
                        "CredentialRequest %s has no credential %s"
                            .formatted(request.getMetadata().getName(), name)));
    MDC.put(LogKeys.PROVIDER, credential.providerRef());
    return credential;
  }

  /** What would be issued now would end at once. */
  private void requireNoRevokeOrder(HasMetadata carrier) {
    if (RevokeOrder.of(carrier).covers(clock.instant())) {
      throw new RefusedException(
          Reason.RevocationAsked,
          "%s %s carries the annotation %s; remove it to issue again"
              .formatted(
                  carrier.getKind(),
                  carrier.getMetadata().getName(),
                  HallpassApi.REVOKE_ANNOTATION));
    }
  }

  private static Optional<CustomResource<CredentialProviderSpec, CredentialProviderStatus>>
      provider(Catalog catalog, Pod pod, RequestedCredential credential) {
    return catalog
        .provider(credential.providerRef(), pod.getMetadata().getNamespace())
        .filter(p -> !p.isMarkedForDeletion());
  }

  private Claim decide(
      Catalog catalog,
      Pod pod,
      CredentialRequest request,
      RequestedCredential credential,
      Optional<CustomResource<CredentialProviderSpec, CredentialProviderStatus>> provider,
      @Nullable CredentialLease lease,
      AuditedCall audited) {
    var name = pod.getMetadata().getNamespace();
    var namespace =
        catalog
            .namespace(name)
            .orElseThrow(
                () ->
                    new RefusedException(Reason.NotReady, "namespace %s is gone".formatted(name)));
    var judged =
        policies.judge(
            catalog,
            new Inquiry(
                pod,
                namespace,
                request,
                credential,
                provider.orElse(null),
                provider.map(p -> drivers.offer(p.getSpec())).orElse(null),
                lease,
                clock.instant()),
            audited);
    return new Claim(
        new PodRef(
            pod.getMetadata().getName(),
            pod.getMetadata().getUid(),
            pod.getSpec().getServiceAccountName(),
            pod.getSpec().getNodeName()),
        Instant.parse(pod.getMetadata().getCreationTimestamp()),
        request,
        credential,
        targets.target(provider.orElseThrow()),
        judged.allowed(),
        judged.waiver(),
        consent(catalog, name, judged.demands()),
        null);
  }

  private static Consent consent(Catalog catalog, String namespace, List<ApprovalDemand> demands) {
    return demands.isEmpty() ? Consent.UNASKED : new Consent(demands, catalog.approvals(namespace));
  }
}
