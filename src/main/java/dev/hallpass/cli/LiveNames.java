package dev.hallpass.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.kube.ObjectName;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Names that a cluster knows, read as they are and not as objects: that takes less time than to
 * learn what the objects are made of. Throws what the client throws.
 */
final class LiveNames {
  /** More than anybody reads. */
  private static final int MOST = 500;

  private static final String OURS = "apis/%s/%s".formatted(HallpassApi.GROUP, HallpassApi.VERSION);

  private final Cluster cluster;

  LiveNames(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Of the kubeconfig. */
  Stream<String> contexts() {
    return cluster.client().getConfiguration().getContexts().stream().map(c -> c.getName());
  }

  Stream<String> namespaces() {
    return names(list("api/v1/namespaces"));
  }

  /** Of that kind in the namespace; leases, as long as they can be ended. */
  Stream<String> of(Named.Kind kind) {
    return switch (kind) {
      case POD -> names(inNamespace("api/v1", "pods"));
      case REQUEST -> names(inNamespace(OURS, "credentialrequests"));
      case LEASE -> names(inNamespace(OURS, "credentialleases").filter(l -> !over(l)));
      case PROVIDER -> names(inNamespace(OURS, "credentialproviders"));
      case CLUSTER_PROVIDER -> names(list(OURS + "/clustercredentialproviders"));
    };
  }

  /** Also those that have ended. */
  Stream<String> leases() {
    return names(inNamespace(OURS, "credentialleases"));
  }

  Stream<String> waitingLeases() {
    return names(
        inNamespace(OURS, "credentialleases").filter(phase(LeasePhase.AwaitingApproval.name())));
  }

  Stream<String> openBreakGlasses() {
    return names(inNamespace(OURS, "breakglasses").filter(phase("Open").or(phase(""))));
  }

  Stream<String> unreviewedBreakGlasses() {
    return names(inNamespace(OURS, "breakglasses").filter(phase("Reviewed").negate()));
  }

  /** What the requests among these objects ask for. */
  Stream<String> credentials(List<String> objects) {
    return inNamespace(OURS, "credentialrequests")
        .filter(r -> objects.contains("creq/" + r.at("/metadata/name").asText()))
        .flatMap(r -> StreamSupport.stream(r.at("/spec/credentials").spliterator(), false))
        .map(c -> c.path("name").asText())
        .filter(ObjectName::isValid);
  }

  private static boolean over(JsonNode lease) {
    return phase(LeasePhase.Revoked.name()).or(phase(LeasePhase.Denied.name())).test(lease);
  }

  private static Predicate<JsonNode> phase(String phase) {
    return object -> object.at("/status/phase").asText().equals(phase);
  }

  private Stream<JsonNode> inNamespace(String api, String kind) {
    return ObjectName.isValid(cluster.namespace())
        ? list("%s/namespaces/%s/%s".formatted(api, cluster.namespace(), kind))
        : Stream.empty();
  }

  private Stream<JsonNode> list(String path) {
    var answer =
        Objects.requireNonNullElse(
            cluster.client().raw("/%s?limit=%d".formatted(path, MOST)), "{}");
    var list = cluster.client().getKubernetesSerialization().unmarshal(answer, JsonNode.class);
    return StreamSupport.stream(list.path("items").spliterator(), false);
  }

  /** What cannot be a name is not handed to a shell. */
  private static Stream<String> names(Stream<JsonNode> objects) {
    return objects.map(o -> o.at("/metadata/name").asText()).filter(ObjectName::isValid);
  }
}
