package dev.hallpass.policy;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.policy.IssueDecision.Allow;
import dev.hallpass.policy.PolicyFacts.Owner;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

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
          Map.of());

  private PolicyScene() {}
}
