package dev.hallpass.reconcile.lease;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.policy.PolicyFacts.Owner;
import dev.hallpass.policy.Surroundings;
import dev.hallpass.reconcile.view.ClusterView;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Optional;

/**
 * The leases as they were last seen, so that a new policy does not list them once for each; the
 * rest as it is now.
 */
record SeenSurroundings(ClusterView view, Surroundings live) implements Surroundings {

  @Override
  public List<Owner> owners(Pod pod) {
    return live.owners(pod);
  }

  @Override
  public Optional<Node> node(Pod pod) {
    return live.node(pod);
  }

  @Override
  public List<CredentialLease> leases(CredentialRequest request) {
    var meta = request.getMetadata();
    return view.leasesOfRequest(meta.getNamespace(), meta.getName()).stream()
        .filter(l -> l.getSpec().requestRef().uid().equals(meta.getUid()))
        .toList();
  }
}
