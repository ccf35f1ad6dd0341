package dev.hallpass.admission;

import dev.hallpass.api.v1alpha1.CredentialRequest;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which requests select a pod.
 *
 * <p>Labels and service account must both match. A pod that matches requests by labels alone is a
 * mistake of one side or the other, and is refused: it would start without the credentials its
 * labels speak of. Where another request selects the pod in full, the ones of other service
 * accounts are plainly not meant for it: one workload's variants may share labels, and the service
 * account tells them apart.
 */
sealed interface RequestSelection {

  /** Nothing selects the pod. */
  record None() implements RequestSelection {}

  /** These do, by name. */
  record Selected(List<CredentialRequest> requests) implements RequestSelection {}

  /** None does, and these would for another service account. */
  record OtherServiceAccount(List<CredentialRequest> requests) implements RequestSelection {}

  static RequestSelection of(Pod pod, List<CredentialRequest> requests) {
    var labels = Pods.labels(pod);
    var account = Pods.serviceAccount(pod);
    var selected = new ArrayList<CredentialRequest>();
    var others = new ArrayList<CredentialRequest>();
    requests.stream()
        .filter(r -> r.getMetadata().getDeletionTimestamp() == null)
        .filter(r -> r.getSpec().workload().selector().matches(labels))
        .sorted(Comparator.comparing(r -> r.getMetadata().getName()))
        .forEach(
            r ->
                (r.getSpec().workload().serviceAccountName().equals(account) ? selected : others)
                    .add(r));
    if (!selected.isEmpty()) {
      return new Selected(List.copyOf(selected));
    }
    return others.isEmpty() ? new None() : new OtherServiceAccount(List.copyOf(others));
  }
}
