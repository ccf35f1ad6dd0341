package dev.hallpass.reconcile.request;

import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.kube.Conditions;
import dev.hallpass.kube.Statement;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Says whether the pods that a request is meant for were injected, and what to do if not. */
final class InjectionCondition {
  private static final int NAMED = 3;

  private InjectionCondition() {}

  static List<Condition> with(
      List<Condition> existing,
      CredentialRequest request,
      PodCensus pods,
      Map<String, String> namespaceLabels,
      Instant now) {
    return Conditions.with(
        existing, say(request, pods, namespaceLabels), request.getMetadata().getGeneration(), now);
  }

  private static boolean enabled(Map<String, String> namespaceLabels) {
    return "enabled".equals(namespaceLabels.get(HallpassApi.INJECTION_LABEL));
  }

  private static Statement say(
      CredentialRequest request, PodCensus pods, Map<String, String> namespaceLabels) {
    if (!pods.bare().isEmpty()) {
      return not(
          Reason.PodsNotInjected,
          "%d of %d selected pods were created without injection (%s): %screate them anew"
              .formatted(
                  pods.bare().size(),
                  pods.selected(),
                  names(pods.bare()),
                  enabled(namespaceLabels)
                      ? ""
                      : "label the namespace %s=enabled, and "
                          .formatted(HallpassApi.INJECTION_LABEL)));
    }
    if (!pods.strangers().isEmpty()) {
      return not(
          Reason.ServiceAccountMismatch,
          "spec.workload.serviceAccountName: %d pods carry the labels but do not run as %s (%s): correct their service account, their labels, or the request"
              .formatted(
                  pods.strangers().size(),
                  request.getSpec().workload().serviceAccountName(),
                  names(pods.strangers())));
    }
    return enabled(namespaceLabels)
        ? new Statement.Holds(
            Conditions.PODS_INJECTED, Reason.PodsInjected, "no selected pod lacks the agent")
        : not(
            Reason.InjectionDisabled,
            "label the namespace %s=enabled: until then pods are created without the agent"
                .formatted(HallpassApi.INJECTION_LABEL));
  }

  private static Statement not(Reason reason, String message) {
    return new Statement.Fails(Conditions.PODS_INJECTED, reason, message);
  }

  /** Some of their names. */
  static String names(List<Pod> pods) {
    var names =
        pods.stream()
            .map(p -> p.getMetadata().getName())
            .sorted()
            .limit(NAMED)
            .collect(Collectors.joining(", "));
    return pods.size() > NAMED ? names + ", …" : names;
  }
}
