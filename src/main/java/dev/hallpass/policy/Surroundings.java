package dev.hallpass.policy;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.policy.PolicyFacts.Owner;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Optional;

/** What policies may ask beyond a pod and its request. Each answer costs a call or more. */
public interface Surroundings {

  /** What the pod says controls it, nearest first, as far as that is known to exist. */
  List<Owner> owners(Pod pod);

  /** The node that the pod runs on; empty where it has none, or that is gone. */
  Optional<Node> node(Pod pod);

  /** The leases that answer the request, and those that did and are still kept. */
  List<CredentialLease> leases(CredentialRequest request);
}
