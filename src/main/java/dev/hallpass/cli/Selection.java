package dev.hallpass.cli;

import dev.hallpass.api.v1alpha1.CredentialRequest;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Optional;

/** Whether a request is meant for a pod. */
enum Selection {
  /** Its labels and its service account say so. */
  SELECTED,
  /** Its labels do, but it runs as another service account. */
  OTHER_ACCOUNT,
  /** It runs as the service account, but lacks labels. */
  OTHER_LABELS,
  /** Nothing connects them. */
  NONE;

  static Selection of(CredentialRequest request, Pod pod) {
    var workload = request.getSpec().workload();
    var labels = workload.selector().matches(pod.getMetadata().getLabels());
    var account = workload.serviceAccountName().equals(account(pod));
    if (labels) {
      return account ? SELECTED : OTHER_ACCOUNT;
    }
    return account ? OTHER_LABELS : NONE;
  }

  /** The account it runs as. */
  static String account(Pod pod) {
    return Optional.ofNullable(pod.getSpec().getServiceAccountName()).orElse("default");
  }
}
