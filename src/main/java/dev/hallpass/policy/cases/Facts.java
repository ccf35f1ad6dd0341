package dev.hallpass.policy.cases;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hallpass.api.v1alpha1.ClusterCredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.api.v1alpha1.ProviderRef;
import dev.hallpass.policy.Durations;
import dev.hallpass.policy.IssueDecision.Allow;
import dev.hallpass.policy.PolicyFacts;
import dev.hallpass.policy.PolicyFacts.Owner;
import dev.hallpass.policy.Surroundings;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Puts the facts of a case together, so that they fit each other. */
final class Facts implements Surroundings {
  private static final Duration SINCE = Duration.ofMinutes(5);

  private final Given given;
  private final Instant now;
  private final Namespace namespace;
  private final Pod pod;
  private final ObjectNode asked;
  private final RequestedCredential credential;
  private final CredentialRequest request;
  private final @Nullable CredentialLease renewed;
  private final List<CredentialLease> leases;
  private final List<Owner> owners;
  private final Optional<Node> node;

  Facts(Given given) {
    this.given = given;
    now = given.moment();
    namespace =
        Trees.manifest(
            Namespace.class,
            Given.over(MadeUp.NAMESPACE, given.namespace(), "namespace"),
            "given.namespace");
    pod = Trees.manifest(Pod.class, Given.over(MadeUp.POD, given.pod(), "pod"), "given.pod");
    pod.getMetadata().setNamespace(namespace.getMetadata().getName());
    asked = Given.over(MadeUp.CREDENTIAL, given.credential(), "credential");
    var provider = provider();
    asked.withObjectProperty("providerRef").put("kind", kind(provider)).put("name", name(provider));
    credential = Trees.as(RequestedCredential.class, asked, "given.credential");
    request = request();
    renewed = given.lease() == null ? null : lease(given.lease(), "given.lease", 0);
    leases = leases();
    owners = owners();
    node = node();
  }

  /** What request and provider allow. */
  Allow allowed() {
    var level =
        Given.over(MadeUp.ACCESS, given.access(), "access").put("name", credential.access());
    var access = Trees.as(AccessLevel.class, level, "given.access");
    return new Allow(
        access, given.duration(credential.ttl()), Durations.parse(access.maxLifetime()));
  }

  PolicyFacts facts() {
    var named = Trees.as(Named.class, provider(), "given.provider");
    HasMetadata provider =
        switch (named.kind()) {
          case CredentialProvider -> new CredentialProvider();
          case ClusterCredentialProvider -> new ClusterCredentialProvider();
        };
    provider.setMetadata(
        new ObjectMetaBuilder().withName(named.name()).withLabels(named.labels()).build());
    return PolicyFacts.of(
        pod, namespace, request, credential, provider, allowed(), now, renewed, this);
  }

  /** A provider as cases write it. */
  private record Named(ProviderRef.Kind kind, String name, @Nullable Map<String, String> labels) {}

  private ObjectNode provider() {
    var base = Trees.tree(MadeUp.PROVIDER);
    base.setAll(asked.withObjectProperty("providerRef"));
    return given.provider() == null ? base : Trees.merged(base, given.provider(), "given.provider");
  }

  private static String kind(ObjectNode provider) {
    return provider.path("kind").asText();
  }

  private static String name(ObjectNode provider) {
    return provider.path("name").asText();
  }

  private CredentialRequest request() {
    var tree = Given.over(MadeUp.REQUEST, given.request(), "request");
    tree.withObjectProperty("spec").withArrayProperty("credentials").removeAll().add(asked);
    var made = Trees.manifest(CredentialRequest.class, tree, "given.request");
    made.getMetadata().setNamespace(namespace.getMetadata().getName());
    return made;
  }

  /**
   * A lease of this workload.
   *
   * @param other which of its other pods holds it; 0 for the one that asks
   */
  private CredentialLease lease(JsonNode changes, String field, int other) {
    var meta = pod.getMetadata();
    var holder = other == 0 ? meta.getName() : "orders-other-" + other;
    var tree = Trees.tree(MadeUp.LEASE);
    var since = now.minus(SINCE).toString();
    tree.withObjectProperty("metadata")
        .put("name", holder + "-" + credential.name() + "-1")
        .put("namespace", meta.getNamespace())
        .put("creationTimestamp", since);
    var spec = tree.withObjectProperty("spec");
    spec.put("credential", credential.name())
        .put("access", credential.access())
        .put("ttl", credential.ttl())
        .put("owner", request.getSpec().owner())
        .put("purpose", request.getSpec().purpose())
        .set("providerRef", asked.get("providerRef"));
    spec.withObjectProperty("requestRef")
        .put("name", request.getMetadata().getName())
        .put("uid", request.getMetadata().getUid());
    spec.withObjectProperty("pod")
        .put("name", holder)
        .put("uid", other == 0 ? meta.getUid() : holder)
        .put("serviceAccountName", pod.getSpec().getServiceAccountName());
    tree.withObjectProperty("status").put("activatedAt", since);
    return Trees.manifest(CredentialLease.class, Trees.merged(tree, changes, field), field);
  }

  private List<Owner> owners() {
    var tree = given.owners() == null ? Trees.tree(MadeUp.OWNERS).get("owners") : given.owners();
    return List.of(Trees.as(Owner[].class, tree, "given.owners"));
  }

  private Optional<Node> node() {
    return given.node() != null && given.node().isNull()
        ? Optional.empty()
        : Optional.of(
            Trees.manifest(
                Node.class, Given.over(MadeUp.NODE, given.node(), "node"), "given.node"));
  }

  private List<CredentialLease> leases() {
    var all = new ArrayList<CredentialLease>();
    Stream.ofNullable(renewed).forEach(all::add);
    var others = given.leases() == null ? JsonNodeFactory.instance.arrayNode() : given.leases();
    for (var i = 0; i < others.size(); i++) {
      all.add(lease(others.get(i), "given.leases[%d]".formatted(i), i + 1));
    }
    return all;
  }

  @Override
  public List<Owner> owners(Pod asking) {
    return owners;
  }

  @Override
  public Optional<Node> node(Pod asking) {
    return node;
  }

  @Override
  public List<CredentialLease> leases(CredentialRequest of) {
    return leases;
  }
}
