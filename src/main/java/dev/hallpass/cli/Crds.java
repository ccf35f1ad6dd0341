package dev.hallpass.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hallpass.api.v1alpha1.HallpassApi;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/** The CRDs that go with this plugin, to compare a cluster's with. */
final class Crds {
  private static final KubernetesSerialization SERIALIZATION = KnownKinds.serialization();

  /** Written in the jar by the build, from {@code crds/}. */
  static final List<String> FILES =
      List.of(
          "breakglasses.yaml",
          "clustercredentialproviders.yaml",
          "credentialapprovals.yaml",
          "credentialleases.yaml",
          "credentialpolicies.yaml",
          "credentialproviders.yaml",
          "credentialrequests.yaml");

  private Crds() {}

  /** All of them. */
  static List<CustomResourceDefinition> ours() {
    return FILES.stream().map(Crds::read).toList();
  }

  private static CustomResourceDefinition read(String file) {
    try (InputStream in = Crds.class.getResourceAsStream("crds/" + file)) {
      if (in == null) {
        throw new IllegalStateException("the plugin was built without crds/" + file);
      }
      return SERIALIZATION.unmarshal(in, CustomResourceDefinition.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The first field of ours that the cluster's lacks or has otherwise; empty where it fits. */
  static Optional<String> misfit(CustomResourceDefinition ours, CustomResourceDefinition theirs) {
    return misfit(schema(ours), schema(theirs), "");
  }

  private static JsonNode schema(CustomResourceDefinition crd) {
    return crd.getSpec().getVersions().stream()
        .filter(v -> HallpassApi.VERSION.equals(v.getName()))
        .findFirst()
        .map(v -> SERIALIZATION.convertValue(v.getSchema(), JsonNode.class))
        .orElseGet(com.fasterxml.jackson.databind.node.MissingNode::getInstance);
  }

  /** The API server adds defaults of its own: what it has beyond ours is no misfit. */
  private static Optional<String> misfit(JsonNode ours, JsonNode theirs, String path) {
    if (ours.isObject()) {
      return ours.properties().stream()
          .flatMap(
              e -> misfit(e.getValue(), theirs.path(e.getKey()), path + "." + e.getKey()).stream())
          .findFirst();
    }
    return ours.equals(theirs) ? Optional.empty() : Optional.of(path.replace(".properties.", "."));
  }
}
