package dev.hallpass.provider;

import static java.util.stream.Collectors.toUnmodifiableMap;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.kube.ObjectName;
import dev.hallpass.wire.Reason;
import dev.hallpass.wire.Secret;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds what is needed to administer the targets of providers, from the API server. */
public final class Targets {
  private final KubernetesClient client;
  private final String systemNamespace;

  /**
   * Reads through this client.
   *
   * @param systemNamespace Hallpass's own namespace, where the admin Secrets of
   *     ClusterCredentialProviders are
   */
  public Targets(KubernetesClient client, String systemNamespace) {
    this.client = client;
    this.systemNamespace = systemNamespace;
  }

  /**
   * The target behind a provider.
   *
   * @throws TargetException with {@code AdminSecretUnavailable} where its Secret cannot be read
   */
  public Target target(CustomResource<CredentialProviderSpec, CredentialProviderStatus> provider) {
    var own = provider.getMetadata().getNamespace();
    var namespace = own == null ? systemNamespace : own;
    var id = provider.getKind() + "/" + namespace + "/" + provider.getMetadata().getName();
    return new Target(
        id, provider.getSpec(), admin(namespace, provider.getSpec(), permission(own)));
  }

  /** What lets Hallpass read the Secret of a provider. */
  private static String permission(@Nullable String namespace) {
    return namespace == null
        ? "the chart's value adminSecrets must name it"
        : "a Role and a RoleBinding must let Hallpass get it";
  }

  private Map<String, Secret> admin(
      String namespace, CredentialProviderSpec spec, String permission) {
    var ref = spec.adminSecret();
    if (ref.isEmpty()) {
      return Map.of();
    }
    var field = ref.get().field();
    var name = ref.get().name();
    if (!ObjectName.isValid(name)) {
      throw new TargetException(
          Reason.AdminSecretUnavailable,
          "%s: no Secret can have the name %s".formatted(field, name));
    }
    try {
      var secret = client.secrets().inNamespace(namespace).withName(name).get();
      if (secret == null || secret.getData() == null) {
        throw new TargetException(
            Reason.AdminSecretUnavailable,
            "%s: Secret %s/%s does not exist".formatted(field, namespace, name));
      }
      return secret.getData().entrySet().stream()
          .collect(
              toUnmodifiableMap(
                  Map.Entry::getKey, e -> Secret.of(Base64.getDecoder().decode(e.getValue()))));
    } catch (KubernetesClientException e) {
      throw new TargetException(
          Reason.AdminSecretUnavailable,
          "%s: Secret %s/%s cannot be read (HTTP %d); it must exist, and %s"
              .formatted(field, namespace, name, e.getCode(), permission),
          e);
    }
  }
}
