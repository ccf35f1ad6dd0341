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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the API server has now. Throws what the client throws. Needs {@code get} on Nodes,
 * ReplicaSets and Jobs in the whole cluster, and {@code list} on CredentialLeases.
 */
public final class LiveSurroundings implements Surroundings {
  /** Nothing of Kubernetes' own has more above its pods. */
  private static final int MOST_OWNERS = 2;

  private final KubernetesClient client;

  /** Reads through this client. */
  public LiveSurroundings(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public List<Owner> owners(Pod pod) {
    var owners = new ArrayList<Owner>();
    var next = controller(pod);
    while (next.isPresent() && owners.size() < MOST_OWNERS) {
      var owner = next.get();
      owners.add(new Owner(owner.getApiVersion(), owner.getKind(), owner.getName()));
      next =
          above(pod.getMetadata().getNamespace(), owner)
              .filter(o -> o.getMetadata().getUid().equals(owner.getUid()))
              .flatMap(LiveSurroundings::controller);
    }
    return owners;
  }

  private static Optional<OwnerReference> controller(HasMetadata object) {
    return object.getMetadata().getOwnerReferences().stream()
        .filter(o -> Boolean.TRUE.equals(o.getController()))
        .findFirst();
  }

  /** Of other kinds it is not known what is above them. */
  private Optional<? extends HasMetadata> above(String namespace, OwnerReference owner) {
    return Optional.ofNullable(
        switch (owner.getApiVersion() + "/" + owner.getKind()) {
          case "apps/v1/ReplicaSet" ->
              client.apps().replicaSets().inNamespace(namespace).withName(owner.getName()).get();
          case "batch/v1/Job" ->
              client.batch().v1().jobs().inNamespace(namespace).withName(owner.getName()).get();
          default -> null;
        });
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
