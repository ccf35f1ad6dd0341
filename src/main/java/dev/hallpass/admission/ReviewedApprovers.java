package dev.hallpass.admission;

import dev.hallpass.api.v1alpha1.HallpassApi;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;

/**
 * Asks the API server's authorizers. Policies belong to the cluster, and so does the right to
 * approve for them: what somebody may do in a namespace of theirs gives nothing here. Needs {@code
 * create} on SubjectAccessReviews.
 */
final class ReviewedApprovers implements Approvers {
  private static final String VERB = "approve";
  private static final String POLICIES = "credentialpolicies";

  private final KubernetesClient client;

  ReviewedApprovers(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public boolean may(Requester who, String policy) {
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
            .withVerb(VERB)
            .endResourceAttributes()
            .endSpec()
            .build();
    var status = client.authorization().v1().subjectAccessReview().create(review).getStatus();
    return status != null && Boolean.TRUE.equals(status.getAllowed());
  }
}
