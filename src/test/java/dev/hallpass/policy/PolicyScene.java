package dev.hallpass.policy;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.policy.IssueDecision.Allow;
import dev.hallpass.policy.PolicyFacts.Owner;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Facts for policies to decide about. */
public final class PolicyScene {
  private static final CredentialRequest REQUEST =
      Serialization.unmarshal(
          """
          metadata: {name: orders, namespace: shop, labels: {tier: gold}}
          spec:
            workload: {serviceAccountName: orders, selector: {matchLabels: {app: orders}}}
            owner: team-orders
            purpose: build invoices
            credentials:
            - name: db
              providerRef: {kind: ClusterCredentialProvider, name: pg}
              access: writer
              ttl: 30m
              delivery: {mode: Sidecar, files: [{path: db.env, format: Env}]}
          """,
          CredentialRequest.class);
  private static final AccessLevel LEVEL = new AccessLevel("writer", "1h", "8h", null, null, null);

  private static final List<CredentialLease> LEASES =
      List.of(lease("orders-2", "Active"), lease("orders-3", "Revoked"));

  /** What request and provider allow it. */
  public static final Allow ALLOWED = new Allow(LEVEL, Duration.ofMinutes(30), Duration.ofHours(8));

  /** A pod of the workload {@code orders} in production, that asks for {@code writer}. */
  public static final PolicyFacts FACTS =
      new PolicyFacts(
          Serialization.unmarshal(
              """
              metadata: {name: orders-1, namespace: shop, labels: {app: orders}}
              spec:
                serviceAccountName: orders
                containers: [{name: app, image: "registry.example/shop/orders:1"}]
              """,
              Pod.class),
          Serialization.unmarshal(
              "metadata: {name: shop, labels: {environment: production}}", Namespace.class),
          new PolicyFacts.ServiceAccount("shop", "orders"),
          REQUEST,
          REQUEST.getSpec().credentials().getFirst(),
          new PolicyFacts.Provider("ClusterCredentialProvider", "pg", Map.of("data", "personal")),
          LEVEL,
          Duration.ofMinutes(30),
          Instant.parse("2026-03-02T10:30:00Z"),
          null,
          () ->
              List.of(
                  new Owner("apps/v1", "ReplicaSet", "orders-7d6f"),
                  new Owner("apps/v1", "Deployment", "orders")),
          () ->
              Serialization.unmarshal(
                  "metadata: {name: one, labels: {topology.kubernetes.io/zone: eu-1}}", Node.class),
          () -> LEASES.stream().filter(Quota::live).toList(),
          () -> LEASES,
          Map.of());

  private PolicyScene() {}

  /** The same of the pod of this UID, at another time, where these leases were made. */
  static PolicyFacts about(
      String podUid, Instant now, @Nullable CredentialLease lease, CredentialLease... made) {
    var facts = about(now, lease, () -> List.of(made));
    facts.pod().getMetadata().setUid(podUid);
    return facts;
  }

  /** The same at another time, where these leases were made. */
  static PolicyFacts about(
      Instant now, @Nullable CredentialLease lease, Supplier<List<CredentialLease>> made) {
    return new PolicyFacts(
        new PodBuilder(FACTS.pod()).build(),
        FACTS.namespaceObject(),
        FACTS.serviceAccount(),
        FACTS.request(),
        FACTS.credential(),
        FACTS.provider(),
        FACTS.access(),
        FACTS.ttl(),
        now,
        lease,
        FACTS.owners(),
        FACTS.node(),
        () -> made.get().stream().filter(Quota::live).toList(),
        made,
        FACTS.params());
  }

  private static CredentialLease lease(String pod, String phase) {
    return Serialization.unmarshal(
        """
        metadata: {name: %1$s-db, namespace: shop, creationTimestamp: "2026-03-02T10:00:00Z"}
        spec:
          credential: db
          pod: {name: %1$s, uid: %1$s, serviceAccountName: orders}
          providerRef: {kind: ClusterCredentialProvider, name: pg}
          access: writer
        status: {phase: %2$s, activatedAt: "2026-03-02T10:00:00Z"}
        """
            .formatted(pod, phase),
        CredentialLease.class);
  }
}
