package dev.hallpass.reconcile.lease;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.kube.ParamObject;
import dev.hallpass.reconcile.view.ClusterView;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Which policies are about which leases, as both were last seen. */
record Matching(ClusterView view) {

  /** The policies that are about a lease. Where pod or namespace were not seen, that is any. */
  List<CredentialPolicy> policies(CredentialLease lease) {
    return about(lease, view.policies().getStore().list().stream()).toList();
  }

  /** Whether a policy that is about the lease takes its parameters from this. */
  Predicate<CredentialLease> heeding(ConfigMap map) {
    var name = map.getMetadata().getName();
    return heeding(
        p -> {
          var params = p.getSpec().params();
          return params != null && name.equals(params.configMap());
        });
  }

  /** Whether a policy that is about the lease takes its parameters from this. */
  Predicate<CredentialLease> heeding(ParamObject object) {
    return heeding(p -> ParamObject.of(p.getSpec().params()).filter(object::equals).isPresent());
  }

  private Predicate<CredentialLease> heeding(Predicate<CredentialPolicy> naming) {
    var those = view.policies().getStore().list().stream().filter(naming).toList();
    return lease -> about(lease, those.stream()).findAny().isPresent();
  }

  private Stream<CredentialPolicy> about(CredentialLease lease, Stream<CredentialPolicy> policies) {
    var namespace = lease.getMetadata().getNamespace();
    var spec = lease.getSpec();
    var pod =
        view.pod(namespace, spec.pod().name())
            .filter(p -> p.getMetadata().getUid().equals(spec.pod().uid()));
    var around = view.namespace(namespace);
    if (pod.isEmpty() || around.isEmpty()) {
      return policies;
    }
    return policies.filter(
        p -> {
          var match = p.getSpec().match();
          return match == null
              || match.covers(
                  around.get().getMetadata().getLabels(),
                  pod.get().getMetadata().getLabels(),
                  spec.providerRef(),
                  spec.access());
        });
  }
}
