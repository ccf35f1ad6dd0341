package dev.hallpass.broker;

import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.kube.Events;
import dev.hallpass.lease.RefusedException;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the API server says of a token that is bound to a pod (KEP-1205, KEP-4193).
 *
 * @param namespace the pod's namespace
 * @param serviceAccount the service account it runs as
 * @param pod the pod's name
 * @param podUid its UID
 * @param node the node it was projected on; null where the API server does not say
 */
record PodToken(
    String namespace, String serviceAccount, String pod, String podUid, @Nullable String node) {
  private static final String USER_PREFIX = "system:serviceaccount:";
  private static final String POD_NAME = "authentication.kubernetes.io/pod-name";
  private static final String POD_UID = "authentication.kubernetes.io/pod-uid";
  private static final String NODE_NAME = "authentication.kubernetes.io/node-name";

  /**
   * Reads a review.
   *
   * @throws RefusedException where the token is not accepted for our audience, or not bound to a
   *     pod
   */
  static PodToken of(@Nullable TokenReviewStatus status) {
    if (status == null
        || !Boolean.TRUE.equals(status.getAuthenticated())
        || status.getUser() == null
        || status.getAudiences() == null
        || !status.getAudiences().contains(HallpassApi.TOKEN_AUDIENCE)) {
      throw new RefusedException(
          Reason.TokenInvalid,
          "the API server does not accept the token for audience " + HallpassApi.TOKEN_AUDIENCE);
    }
    var user = status.getUser();
    var name = user.getUsername() == null ? "" : user.getUsername();
    var parts = name.startsWith(USER_PREFIX) ? name.split(":", -1) : new String[0];
    var pod = only(user.getExtra(), POD_NAME);
    var uid = only(user.getExtra(), POD_UID);
    if (parts.length != 4 || pod == null || uid == null) {
      throw new RefusedException(
          Reason.TokenNotPodBound, "the token names no pod; only a pod's projected token does");
    }
    return new PodToken(parts[2], parts[3], pod, uid, only(user.getExtra(), NODE_NAME));
  }

  /** The pod, for Events. */
  ObjectReference reference() {
    return Events.aboutPod(namespace, pod, podUid);
  }

  private static @Nullable String only(@Nullable Map<String, List<String>> extra, String key) {
    var values = extra == null ? null : extra.get(key);
    return values == null || values.size() != 1 ? null : values.getFirst();
  }
}
