package dev.hallpass.provider.kubernetes;

import dev.hallpass.provider.TargetException;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;

/**
 * What the controller needs in the target namespace. What the broker needs, only the broker can ask
 * about (SelfSubjectAccessReview); where that is missing, the issue says so.
 */
final class RightsCheck {
  private static final List<String> VERBS = List.of("get", "list", "delete");

  private final KubernetesClient client;
  private final String namespace;

  RightsCheck(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /**
   * Checks the rights and the service accounts.
   *
   * @throws TargetException that names what is missing
   */
  void check(List<String> accounts) {
    var missing = VERBS.stream().filter(verb -> !allowed(verb)).toList();
    if (!missing.isEmpty()) {
      throw new TargetException(
          Reason.TargetRefused,
          ("the service account hallpass-controller may not %s secrets in namespace %s: apply the"
                  + " Role and RoleBinding of config/providers/kubernetes there")
              .formatted(String.join(", ", missing), namespace));
    }
    accounts.forEach(this::requireAccount);
  }

  private boolean allowed(String verb) {
    var review =
        new SelfSubjectAccessReviewBuilder()
            .withNewSpec()
            .withNewResourceAttributes()
            .withNamespace(namespace)
            .withResource("secrets")
            .withVerb(verb)
            .endResourceAttributes()
            .endSpec()
            .build();
    try {
      return client.resource(review).create().getStatus().getAllowed();
    } catch (KubernetesClientException e) {
      throw ApiAnswers.explain("create selfsubjectaccessreviews", namespace, e);
    }
  }

  private void requireAccount(String name) {
    try {
      if (client.serviceAccounts().inNamespace(namespace).withName(name).get() == null) {
        throw new TargetException(
            Reason.TargetRefused,
            ("access.kubernetes.serviceAccountName: there is no service account %s in namespace"
                    + " %s; create it")
                .formatted(name, namespace));
      }
    } catch (KubernetesClientException e) {
      throw ApiAnswers.explain("get serviceaccounts", namespace, e);
    }
  }
}
