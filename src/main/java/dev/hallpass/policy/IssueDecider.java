package dev.hallpass.policy;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AllowedNamespaces;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.api.v1alpha1.Delivery.Format;
import dev.hallpass.api.v1alpha1.ProviderRef;
import dev.hallpass.delivery.Template;
import dev.hallpass.policy.IssueDecision.Allow;
import dev.hallpass.policy.IssueDecision.Deny;
import dev.hallpass.provider.Offer;
import dev.hallpass.wire.Reason;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The provider's allow-list and caps. Admission, the broker and the request's conditions all ask
 * here, so that they never disagree.
 */
public final class IssueDecider {

  /**
   * What a decision rests on.
   *
   * @param credential what is asked for
   * @param namespace the namespace of pod and request
   * @param namespaceLabels its labels
   * @param provider the spec of the provider named; null where there is none
   * @param offer what its target can deliver; null where there is no provider, or nothing is to be
   *     delivered
   */
  public record Input(
      RequestedCredential credential,
      String namespace,
      Map<String, String> namespaceLabels,
      @Nullable CredentialProviderSpec provider,
      @Nullable Offer offer) {}

  private IssueDecider() {}

  /** Decides about an issue; the first thing that stands in the way is the answer. */
  public static IssueDecision decide(Input in) {
    return switch (standing(in)) {
      case Deny deny -> deny;
      case Allow allow -> excess(in, allow).<IssueDecision>map(deny -> deny).orElse(allow);
    };
  }

  /**
   * Decides about what was issued before. Provider, namespace or level that are gone deny; what is
   * asked beyond the caps, or cannot be delivered any more, is for the next issue or renewal to
   * refuse, and here only narrowed.
   */
  public static IssueDecision standing(Input in) {
    var credential = in.credential();
    var ref = credential.providerRef();
    var provider = in.provider();
    if (provider == null) {
      return deny(credential, Reason.ProviderNotFound, "providerRef: there is no " + ref);
    }
    if (ref.kind() == ProviderRef.Kind.ClusterCredentialProvider
        && !allows(provider.allowedNamespaces(), in)) {
      return deny(
          credential,
          Reason.NamespaceNotAllowed,
          "providerRef: %s does not allow namespace %s in spec.allowedNamespaces"
              .formatted(ref, in.namespace()));
    }
    var level = provider.level(credential.access());
    if (level.isEmpty()) {
      var offered = provider.access().stream().map(AccessLevel::name).toList();
      return deny(
          credential,
          Reason.AccessLevelUnknown,
          "access: %s offers no level \"%s\", only %s"
              .formatted(ref, credential.access(), String.join(", ", offered)));
    }
    return new Allow(
        level.get(),
        Collections.min(
            List.of(Durations.parse(credential.ttl()), Durations.parse(level.get().maxTtl()))),
        Durations.parse(level.get().maxLifetime()));
  }

  /** What is asked beyond what the provider allows, if anything. */
  private static Optional<Deny> excess(Input in, Allow allowed) {
    var credential = in.credential();
    var level = allowed.level();
    if (Durations.parse(credential.ttl()).compareTo(allowed.ttl()) > 0) {
      return Optional.of(
          deny(
              credential,
              Reason.TtlAboveCap,
              "ttl: %s is above the %s that %s allows for level \"%s\""
                  .formatted(
                      credential.ttl(),
                      level.maxTtl(),
                      credential.providerRef(),
                      credential.access())));
    }
    var unfit = CertificateLimits.unfit(credential, level);
    if (unfit.isPresent()) {
      return unfit.map(u -> deny(credential, u.reason(), u.message()));
    }
    var offer = in.offer();
    return offer == null ? Optional.empty() : undeliverable(credential, offer);
  }

  /**
   * The denial of a credential whose provider cannot mint it at the moment.
   *
   * @param detail how the provider stands, following its name in a sentence
   */
  public static Deny notReady(RequestedCredential credential, String detail) {
    return deny(
        credential,
        Reason.ProviderNotReady,
        "providerRef: %s %s".formatted(credential.providerRef(), detail));
  }

  private static String names(Set<Format> formats) {
    return formats.stream().map(Format::name).sorted().collect(Collectors.joining(", "));
  }

  private static Optional<Deny> undeliverable(RequestedCredential credential, Offer offer) {
    for (var file : credential.delivery().files()) {
      if (!offer.formats().contains(file.format())) {
        return Optional.of(
            deny(
                credential,
                Reason.FormatUnsupported,
                "delivery.files: %s cannot be written as %s, only as %s"
                    .formatted(file.path(), file.format(), names(offer.formats()))));
      }
      var template = file.template();
      var flaw =
          template == null ? Optional.<String>empty() : Template.flaw(template, offer.fields());
      if (flaw.isPresent()) {
        return Optional.of(
            deny(
                credential,
                Reason.TemplateInvalid,
                "delivery.files[%s].template: %s".formatted(file.path(), flaw.get())));
      }
    }
    return Optional.empty();
  }

  private static boolean allows(@Nullable AllowedNamespaces allowed, Input in) {
    if (allowed == null) {
      return false;
    }
    var names = allowed.names();
    var selector = allowed.selector();
    return (names != null && names.contains(in.namespace()))
        || (selector != null && selector.matches(in.namespaceLabels()));
  }

  private static Deny deny(RequestedCredential credential, Reason reason, String message) {
    return new Deny(reason, "spec.credentials[%s].%s".formatted(credential.name(), message));
  }
}
