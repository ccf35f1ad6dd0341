package dev.hallpass.admission;

import dev.hallpass.api.v1alpha1.HallpassApi;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.jspecify.annotations.Nullable;

/**
 * Asks the API server's authorizers what somebody may do about CredentialPolicies. These belong to
 * the cluster, and so does the right to approve for them or to have them give way: what somebody
 * may do in a namespace of theirs gives nothing here. Needs {@code create} on SubjectAccessReviews.
 */
final class ClusterRights {
  private static final String POLICIES = "credentialpolicies";

  private final KubernetesClient client;

  ClusterRights(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Whether they have this RBAC verb.
   *
   * @param policy on the CredentialPolicy of that name; null for all of them
   */
  boolean may(Requester who, String verb, @Nullable String policy) {
    var review =
        new SubjectAccessReviewBuilder()
            .withNewSpec()
            .withUser(who.username())
            .withUid(who.uid())
            .withGroups(who.groups())
            .withExtra(who.extra())
            .withNewResourceAttributes()
            .withGroup(HallpassApi.GROUP)
            .withVersion(HallpassApi.VERSION)
            .withResource(POLICIES)
            .withName(policy)
            .withVerb(verb)
            .endResourceAttributes()
            .endSpec()
            .build();
    var status = client.authorization().v1().subjectAccessReview().create(review).getStatus();
    return status != null && Boolean.TRUE.equals(status.getAllowed());
  }
}
