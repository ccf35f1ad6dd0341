package dev.hallpass.policy.cases;

/** The facts of a case that says nothing: a pod of the workload {@code orders} asks to read. */
final class MadeUp {
  static final String NOW = "2026-01-07T12:00:00Z";

  static final String NAMESPACE =
      """
      {"metadata": {"name": "shop", "labels": {"kubernetes.io/metadata.name": "shop"}}}
      """;

  static final String POD =
      """
      {"metadata": {"name": "orders-1", "uid": "11111111-1111-1111-1111-111111111111",
                    "labels": {"app": "orders"}, "creationTimestamp": "2026-01-07T11:00:00Z"},
       "spec": {"serviceAccountName": "orders", "nodeName": "node-1",
                "containers": [{"name": "app", "image": "registry.example.com/shop/orders:1.0"}]},
       "status": {"phase": "Running", "podIP": "10.0.0.1"}}
      """;

  static final String REQUEST =
      """
      {"metadata": {"name": "orders", "uid": "22222222-2222-2222-2222-222222222222"},
       "spec": {"workload": {"serviceAccountName": "orders",
                             "selector": {"matchLabels": {"app": "orders"}}},
                "owner": "team-orders", "purpose": "read orders to build invoices"}}
      """;

  static final String CREDENTIAL =
      """
      {"name": "db", "providerRef": {"kind": "CredentialProvider", "name": "orders-postgres"},
       "access": "reader", "ttl": "15m",
       "delivery": {"mode": "Sidecar", "files": [{"path": "db.env", "format": "Env"}]}}
      """;

  static final String ACCESS =
      """
      {"maxTtl": "24h", "maxLifetime": "24h"}
      """;

  static final String PROVIDER =
      """
      {"labels": {}}
      """;

  static final String OWNERS =
      """
      {"owners": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "orders-5d4c"},
                  {"apiVersion": "apps/v1", "kind": "Deployment", "name": "orders"}]}
      """;

  static final String NODE =
      """
      {"metadata": {"name": "node-1"}}
      """;

  /** Active for five minutes. */
  static final String LEASE =
      """
      {"metadata": {}, "spec": {"pod": {}, "mode": "Sidecar", "maxLifetime": "24h"},
       "status": {"phase": "Active", "epoch": 1}}
      """;

  private MadeUp() {}
}
