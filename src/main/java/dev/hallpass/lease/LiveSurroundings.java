package dev.hallpass.lease;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.policy.PolicyFacts.Owner;
import dev.hallpass.policy.Surroundings;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the API server has now. Throws what the client throws. Needs {@code get} on Nodes, the
 * workloads of {@code apps} and {@code batch} in the whole cluster, and {@code list} on
 * CredentialLeases.
 */
public final class LiveSurroundings implements Surroundings {
  /** Nothing of Kubernetes' own has more above its pods. */
  private static final int MOST_OWNERS = 2;

  private final KubernetesClient client;

  /** Reads through this client. */
  public LiveSurroundings(KubernetesClient client) {
    this.client = client;
  }

  /**
   * What a pod says of its owners is its author's claim. Only those count that exist, under that
   * UID as well as that name; what is of a kind that is not read cannot be told from a lie.
   */
  @Override
  public List<Owner> owners(Pod pod) {
    var owners = new ArrayList<Owner>();
    var next = controller(pod);
    while (next.isPresent() && owners.size() < MOST_OWNERS) {
      var claimed = next.get();
      var found =
          read(pod.getMetadata().getNamespace(), claimed)
              .filter(o -> o.getMetadata().getUid().equals(claimed.getUid()));
      if (found.isPresent()) {
        owners.add(new Owner(claimed.getApiVersion(), claimed.getKind(), claimed.getName()));
      }
      next = found.flatMap(LiveSurroundings::controller);
    }
    return owners;
  }

  private static Optional<OwnerReference> controller(HasMetadata object) {
    return object.getMetadata().getOwnerReferences().stream()
        .filter(o -> Boolean.TRUE.equals(o.getController()))
        .findFirst();
  }

  private Optional<? extends HasMetadata> read(String namespace, OwnerReference owner) {
    var name = owner.getName();
    var apps = client.apps();
    var batch = client.batch().v1();
    return Optional.ofNullable(
        switch (owner.getApiVersion() + "/" + owner.getKind()) {
          case "apps/v1/ReplicaSet" -> get(apps.replicaSets(), namespace, name);
          case "apps/v1/Deployment" -> get(apps.deployments(), namespace, name);
          case "apps/v1/StatefulSet" -> get(apps.statefulSets(), namespace, name);
          case "apps/v1/DaemonSet" -> get(apps.daemonSets(), namespace, name);
          case "batch/v1/Job" -> get(batch.jobs(), namespace, name);
          case "batch/v1/CronJob" -> get(batch.cronjobs(), namespace, name);
          default -> null;
        });
  }

  private static <T extends HasMetadata> @Nullable T get(
      MixedOperation<T, ?, ? extends Resource<T>> kind, String namespace, String name) {
    return kind.inNamespace(namespace).withName(name).get();
  }

  @Override
  public Optional<Node> node(Pod pod) {
    return Optional.ofNullable(pod.getSpec().getNodeName())
        .map(name -> client.nodes().withName(name).get());
  }

  @Override
  public List<CredentialLease> leases(CredentialRequest request) {
    var meta = request.getMetadata();
    return client
        .resources(CredentialLease.class)
        .inNamespace(meta.getNamespace())
        .withLabel(HallpassApi.REQUEST_UID_LABEL, meta.getUid())
        .list()
        .getItems();
  }
}
