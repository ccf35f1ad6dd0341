package dev.hallpass.testing;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;

/** Workloads that nothing runs: what a pod can name as its owners. */
public final class Workloads {
  private static final String SPEC =
      """
      spec:
        selector: {matchLabels: {app: orders}}
        template:
          metadata: {labels: {app: orders}}
          spec: {containers: [{name: app, image: none}]}
      """;

  private Workloads() {}

  /** A Deployment of this name, and the ReplicaSet that is its. */
  public static ReplicaSet deployed(KubernetesClient client, String namespace, String name) {
    var deployment = deployment(client, namespace, name);
    var owner = controller(deployment, deployment.getMetadata().getUid());
    return replicaSet(client, namespace, name + "-1", owner);
  }

  /** A Deployment of this name. */
  public static Deployment deployment(KubernetesClient client, String namespace, String name) {
    return of(client, namespace, name, Deployment.class);
  }

  /** A ReplicaSet of this name that says it is controlled so. */
  public static ReplicaSet replicaSet(
      KubernetesClient client, String namespace, String name, OwnerReference owner) {
    var replicaSet = read(name, ReplicaSet.class);
    replicaSet.getMetadata().getOwnerReferences().add(owner);
    return client.resource(replicaSet).inNamespace(namespace).create();
  }

  /** An owner reference to this, as one writes it who thinks that it has this UID. */
  public static OwnerReference controller(HasMetadata owner, String uid) {
    return controller(owner.getApiVersion(), owner.getKind(), owner.getMetadata().getName(), uid);
  }

  /** An owner reference to whatever. */
  public static OwnerReference controller(String apiVersion, String kind, String name, String uid) {
    return new OwnerReferenceBuilder()
        .withApiVersion(apiVersion)
        .withKind(kind)
        .withName(name)
        .withUid(uid)
        .withController(true)
        .build();
  }

  private static <T extends HasMetadata> T of(
      KubernetesClient client, String namespace, String name, Class<T> kind) {
    return client.resource(read(name, kind)).inNamespace(namespace).create();
  }

  private static <T> T read(String name, Class<T> kind) {
    return Serialization.unmarshal("metadata: {name: %s}\n".formatted(name) + SPEC, kind);
  }
}
