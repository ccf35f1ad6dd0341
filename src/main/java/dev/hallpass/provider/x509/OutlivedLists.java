package dev.hallpass.provider.x509;

import dev.hallpass.api.v1alpha1.ClusterCredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.api.v1alpha1.ProviderRef;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Lets the revocation lists of providers that are gone go too, once every certificate on them has
 * ended by itself: until then somebody may have to refuse one.
 *
 * <p>Nobody of ours may delete a ConfigMap. It is given its provider for an owner, and what has no
 * owner that exists is removed by Kubernetes' garbage collector.
 */
public final class OutlivedLists {
  private static final Logger LOG = Logger.getLogger(OutlivedLists.class);

  private final KubernetesClient client;
  private final String namespace;
  private final Clock clock;

  /** Looks after the lists in this namespace, Hallpass's own. */
  public OutlivedLists(KubernetesClient client, String namespace, Clock clock) {
    this.client = client;
    this.namespace = namespace;
    this.clock = clock;
  }

  /** Looks at all of them once. */
  public void letGo() {
    client
        .configMaps()
        .inNamespace(namespace)
        .withLabels(RevocationLists.LABELS)
        .list()
        .getItems()
        .stream()
        .filter(map -> map.getMetadata().getOwnerReferences().isEmpty())
        .filter(this::outlived)
        .forEach(this::letGo);
  }

  /** One that somebody has spoilt keeps none of the others. */
  private boolean outlived(ConfigMap map) {
    var provider = provider(map);
    try {
      return provider != null
          && RevocationLists.list(map).with(List.of(), clock.instant()).isEmpty()
          && !exists(provider);
    } catch (IllegalArgumentException | DateTimeException | IndexOutOfBoundsException e) {
      LOG.warnf(
          "revocation list left alone, as it cannot be read; mend or delete it configMap=%s provider=%s: %s",
          map.getMetadata().getName(), provider, e.getMessage());
      return false;
    }
  }

  private void letGo(ConfigMap map) {
    var provider = Objects.requireNonNull(provider(map));
    client
        .resource(
            new ConfigMapBuilder(map)
                .editMetadata()
                .withOwnerReferences(gone(provider))
                .endMetadata()
                .build())
        .lockResourceVersion(map.getMetadata().getResourceVersion())
        .update();
    LOG.infof("revocation list let go provider=%s", provider);
  }

  private static @Nullable String provider(ConfigMap map) {
    return Objects.requireNonNullElse(map.getMetadata().getAnnotations(), Map.<String, String>of())
        .get(HallpassApi.PROVIDER_ANNOTATION);
  }

  private boolean exists(String provider) {
    var id = provider.split("/", 3);
    return switch (ProviderRef.Kind.valueOf(id[0])) {
      case ClusterCredentialProvider ->
          client.resources(ClusterCredentialProvider.class).withName(id[2]).get() != null;
      case CredentialProvider ->
          client.resources(CredentialProvider.class).inNamespace(id[1]).withName(id[2]).get()
              != null;
    };
  }

  /** Its UID is not known any more; one that nothing has stands for it. */
  private static OwnerReference gone(String provider) {
    var id = provider.split("/", 3);
    return new OwnerReferenceBuilder()
        .withApiVersion(HallpassApi.GROUP + "/" + HallpassApi.VERSION)
        .withKind(id[0])
        .withName(id[2])
        .withUid(UUID.nameUUIDFromBytes(provider.getBytes(StandardCharsets.UTF_8)).toString())
        .build();
  }
}
