package dev.hallpass.admission;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.kube.Conditions;
import dev.hallpass.policy.IssueDecider;
import dev.hallpass.policy.IssueDecision;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.client.CustomResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Whether the broker would issue a request's credentials now: what admission can know of it. */
final class CredentialCheck {
  private final RequestIndex index;
  private final Function<CredentialProviderSpec, Set<Delivery.Format>> formats;

  CredentialCheck(
      RequestIndex index, Function<CredentialProviderSpec, Set<Delivery.Format>> formats) {
    this.index = index;
    this.formats = formats;
  }

  /** What stands in the way of the request's credentials; empty where nothing does. */
  List<Objection> objections(CredentialRequest request, Map<String, String> namespaceLabels) {
    var objections = new ArrayList<Objection>();
    for (var credential : request.getSpec().credentials()) {
      objection(request, credential, namespaceLabels).ifPresent(objections::add);
    }
    return objections;
  }

  private Optional<Objection> objection(
      CredentialRequest request,
      RequestedCredential credential,
      Map<String, String> namespaceLabels) {
    var namespace = request.getMetadata().getNamespace();
    var found = index.provider(credential.providerRef(), namespace);
    var spec = found.map(CustomResource::getSpec).orElse(null);
    var input =
        new IssueDecider.Input(
            credential,
            namespace,
            namespaceLabels,
            spec,
            spec == null ? Set.of() : formats.apply(spec));
    return switch (IssueDecider.decide(input)) {
      case IssueDecision.Deny deny ->
          Optional.of(Objection.to(request, deny.reason(), deny.message()));
      case IssueDecision.Allow ignored ->
          found
              .flatMap(CredentialCheck::unready)
              .map(
                  why ->
                      Objection.to(
                          request,
                          Reason.ProviderNotReady,
                          "spec.credentials[%s].providerRef: %s %s"
                              .formatted(credential.name(), credential.providerRef(), why)));
    };
  }

  private static Optional<String> unready(
      CustomResource<CredentialProviderSpec, CredentialProviderStatus> provider) {
    var status = provider.getStatus();
    var ready = Conditions.find(status == null ? null : status.conditions(), Conditions.READY);
    if (ready.isEmpty() || "Unknown".equals(ready.get().getStatus())) {
      return Optional.of("was not probed yet; try again in a moment");
    }
    return "True".equals(ready.get().getStatus())
        ? Optional.empty()
        : Optional.of(
            "is not ready: %s (%s)".formatted(ready.get().getMessage(), ready.get().getReason()));
  }
}
