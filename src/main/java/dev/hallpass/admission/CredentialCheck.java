package dev.hallpass.admission;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.kube.Catalog;
import dev.hallpass.policy.FetchedOnce;
import dev.hallpass.policy.IssueDecider;
import dev.hallpass.policy.IssueDecision;
import dev.hallpass.provider.Offer;
import dev.hallpass.provider.Readiness;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.CustomResource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** Whether the broker would issue a request's credentials now: what admission can know of it. */
final class CredentialCheck {
  private final Catalog catalog;
  private final Function<CredentialProviderSpec, Offer> offers;

  CredentialCheck(Catalog catalog, Function<CredentialProviderSpec, Offer> offers) {
    this.catalog = catalog;
    this.offers = offers;
  }

  /** What stands in the way of the request's credentials; empty where nothing does. */
  List<Objection> objections(
      Pod pod, CredentialRequest request, Map<String, String> namespaceLabels) {
    var objections = new ArrayList<Objection>();
    for (var credential : request.getSpec().credentials()) {
      objection(pod, request, credential, namespaceLabels).ifPresent(objections::add);
    }
    return objections;
  }

  private Optional<Objection> objection(
      Pod pod,
      CredentialRequest request,
      RequestedCredential credential,
      Map<String, String> namespaceLabels) {
    var namespace = request.getMetadata().getNamespace();
    var found =
        catalog.provider(credential.providerRef(), namespace).filter(p -> !p.isMarkedForDeletion());
    var spec = found.map(CustomResource::getSpec).orElse(null);
    var offer = spec == null ? null : offers.apply(spec);
    var input = new IssueDecider.Input(credential, namespace, namespaceLabels, spec, offer);
    return switch (IssueDecider.decide(input)) {
      case IssueDecision.Deny deny -> Optional.of(objection(request, deny));
      case IssueDecision.Allow(var level, var ttl, var maxLifetime) ->
          found
              .flatMap(p -> Readiness.of(p).obstacle())
              .map(detail -> objection(request, IssueDecider.notReady(credential, detail)))
              .or(() -> outlived(pod, request, credential, Objects.requireNonNull(offer), ttl));
    };
  }

  private static Optional<Objection> outlived(
      Pod pod,
      CredentialRequest request,
      RequestedCredential credential,
      Offer offer,
      Duration ttl) {
    return Pods.endsWithin(pod, ttl)
        ? Optional.empty()
        : FetchedOnce.note(credential, offer)
            .map(note -> Objection.to(request, Reason.CredentialOutlived, note));
  }

  private static Objection objection(CredentialRequest request, IssueDecision.Deny deny) {
    return Objection.to(request, deny.reason(), deny.message());
  }
}
