package dev.hallpass.kube;

import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.CredentialPolicySpec.ParamKind;
import dev.hallpass.api.v1alpha1.CredentialPolicySpec.Params;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.kube.ParamState.Missing;
import dev.hallpass.kube.ParamState.Unreadable;
import dev.hallpass.wire.Reason;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A custom resource that policies take parameters from. None is ever of a kind of Kubernetes
 * itself: what a policy reads, its messages may tell, so Secrets are not among what it can read,
 * whatever the schema has let through. Nor of a kind of Hallpass's own: those it may read without
 * anybody having said so, and it writes them itself.
 *
 * @param namespace null where the kind has none
 */
public record ParamObject(String apiVersion, String kind, @Nullable String namespace, String name) {
  private static final Pattern CUSTOM =
      Pattern.compile(
          "(?!(.*[.])?(k8s[.]io|hallpass[.]dev)/)[a-z0-9-]+([.][a-z0-9-]+)+/v[0-9][a-z0-9]*");

  /** The objects that these policies name. */
  static Set<ParamObject> of(Collection<CredentialPolicy> policies) {
    return policies.stream()
        .flatMap(p -> of(p.getSpec().params()).stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The object that is named; empty where that is a ConfigMap, or of no custom kind. */
  public static Optional<ParamObject> of(@Nullable Params named) {
    var kind = named == null ? null : named.paramKind();
    var ref = named == null ? null : named.paramRef();
    return kind == null || ref == null || !isCustom(kind)
        ? Optional.empty()
        : Optional.of(new ParamObject(kind.apiVersion(), kind.kind(), ref.namespace(), ref.name()));
  }

  /** Whether it is a kind of custom resources. */
  public static boolean isCustom(ParamKind kind) {
    return CUSTOM.matcher(kind.apiVersion()).matches();
  }

  String group() {
    return apiVersion.substring(0, apiVersion.indexOf('/'));
  }

  String version() {
    return apiVersion.substring(apiVersion.indexOf('/') + 1);
  }

  Unreadable unread() {
    return new Unreadable(
        Reason.ParamsUnread, "spec.params: %s was not read yet; it is tried again".formatted(this));
  }

  Unreadable unread(String cause) {
    return new Unreadable(
        Reason.ParamsUnread,
        "spec.params: %s cannot be read (%s); it is tried again".formatted(this, cause));
  }

  Unreadable unknown() {
    return new Unreadable(
        Reason.ParamKindUnknown,
        "spec.params.paramKind: the API server has no kind %s of %s; install its CRD"
            .formatted(kind, apiVersion));
  }

  Unreadable forbidden(String plural) {
    return new Unreadable(
        Reason.ParamsForbidden,
        "spec.params.paramKind: Hallpass may not list and watch %s.%s; allow it by a ClusterRole with the label %s: \"true\""
            .formatted(plural, group(), HallpassApi.PARAMS_ROLE_LABEL));
  }

  Unreadable needsNamespace() {
    return new Unreadable(
        Reason.ParamsNotFound,
        "spec.params.paramRef.namespace: must be given, since each %s is in a namespace"
            .formatted(kind));
  }

  Unreadable hasNoNamespace() {
    return new Unreadable(
        Reason.ParamsNotFound,
        "spec.params.paramRef.namespace: must be left out, since no %s is in a namespace"
            .formatted(kind));
  }

  /** It is not there. */
  public Missing missing() {
    return new Missing("spec.params.paramRef: there is no %s".formatted(this));
  }

  @Override
  public String toString() {
    return namespace == null
        ? "%s %s".formatted(kind, name)
        : "%s %s in namespace %s".formatted(kind, name, namespace);
  }
}
