package dev.hallpass.kube;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.hallpass.kube.ParamState.Found;
import dev.hallpass.kube.ParamState.Unreadable;
import dev.hallpass.kube.ParamState.Version;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.net.HttpURLConnection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads custom resources of whatever kind, by listing the one that is meant. What the API server
 * serves is asked each time: a CRD may come and go.
 */
final class ParamReader {
  /** What {@code kubectl apply} keeps of an object is that object once more. */
  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  /** As CEL takes them: numbers are long, and what is null is not there. */
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_LONG_FOR_INTS)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
          .build();

  private final KubernetesClient client;

  ParamReader(KubernetesClient client) {
    this.client = client;
  }

  /** Where an object is, or would be. */
  sealed interface Place {}

  /** Here. */
  record Served(
      String plural,
      FilterWatchListDeletable<
              GenericKubernetesResource,
              GenericKubernetesResourceList,
              Resource<GenericKubernetesResource>>
          alone)
      implements Place {}

  /** Its kind is not served, or not in that scope. */
  record Unserved(Unreadable why) implements Place {}

  /** Where it is. */
  Place place(ParamObject object) {
    var served = served(object);
    if (served.isEmpty()) {
      return new Unserved(object.unknown());
    }
    var namespaced = Boolean.TRUE.equals(served.get().getNamespaced());
    var namespace = object.namespace();
    if (namespaced && namespace == null) {
      return new Unserved(object.needsNamespace());
    }
    if (!namespaced && namespace != null) {
      return new Unserved(object.hasNoNamespace());
    }
    var plural = served.get().getName();
    var all =
        client.genericKubernetesResources(
            new ResourceDefinitionContext.Builder()
                .withGroup(object.group())
                .withVersion(object.version())
                .withKind(object.kind())
                .withPlural(plural)
                .withNamespaced(namespaced)
                .build());
    return new Served(
        plural,
        (namespace == null ? all : all.inNamespace(namespace))
            .withField("metadata.name", object.name()));
  }

  private Optional<APIResource> served(ParamObject object) {
    var resources = client.getApiResources(object.apiVersion());
    return resources == null
        ? Optional.empty()
        : resources.getResources().stream()
            .filter(r -> r.getKind().equals(object.kind()) && !r.getName().contains("/"))
            .findFirst();
  }

  /** What the API server has now. */
  ParamState read(ParamObject object) {
    try {
      return switch (place(object)) {
        case Unserved(var why) -> why;
        case Served served -> read(object, served);
      };
    } catch (KubernetesClientException e) {
      return object.unread(cause(e));
    }
  }

  private static ParamState read(ParamObject object, Served served) {
    try {
      return state(object, served.alone().list().getItems());
    } catch (KubernetesClientException e) {
      return refused(object, served.plural(), e);
    }
  }

  /** Why the API server does not show it. */
  static Unreadable refused(ParamObject object, String plural, KubernetesClientException e) {
    return e.getCode() == HttpURLConnection.HTTP_FORBIDDEN
        ? object.forbidden(plural)
        : object.unread(cause(e));
  }

  private static String cause(KubernetesClientException e) {
    return e.getCode() == 0 ? "the API server does not answer" : "HTTP " + e.getCode();
  }

  /** What is known of it, where this was seen. */
  static ParamState state(ParamObject object, List<GenericKubernetesResource> seen) {
    return seen.isEmpty()
        ? object.missing()
        : new Found(value(seen.getFirst()), Version.of(seen.getFirst()));
  }

  /** The object as manifests have it, without what is there for machines alone. */
  private static Map<String, Object> value(GenericKubernetesResource seen) {
    var value = MAPPER.convertValue(seen, new TypeReference<HashMap<String, Object>>() {});
    if (value.get("metadata") instanceof Map<?, ?> metadata) {
      metadata.remove("managedFields");
      metadata.remove("resourceVersion");
      if (metadata.get("annotations") instanceof Map<?, ?> annotations) {
        annotations.remove(LAST_APPLIED);
      }
    }
    return value;
  }
}
