package dev.hallpass.policy;

import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.api.v1alpha1.UserIdentity;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether somebody would approve what they asked for. Who wrote a request is known from the
 * annotations that admission stamps; where there is none, nobody can tell, and so nobody approves.
 */
public final class OwnRequest {
  private OwnRequest() {}

  /** Why this person must not approve the request, if so. */
  public static Optional<String> why(CredentialRequest request, UserIdentity approver) {
    var name = request.getMetadata().getName();
    var user = approver.username();
    var createdBy = annotation(request, HallpassApi.CREATED_BY_ANNOTATION);
    var changedBy = annotation(request, HallpassApi.CHANGED_BY_ANNOTATION);
    var owner = request.getSpec().owner();
    if (createdBy == null && changedBy == null) {
      return Optional.of(
          "CredentialRequest %s does not say who wrote it; write it once more, e.g. with kubectl replace"
              .formatted(name));
    }
    if (user.equals(createdBy)) {
      return Optional.of("%s created CredentialRequest %s".formatted(user, name));
    }
    if (user.equals(changedBy)) {
      return Optional.of("%s last changed CredentialRequest %s".formatted(user, name));
    }
    if (user.equals(owner) || approver.groupsOrNone().contains(owner)) {
      return Optional.of(
          "%s is, or belongs to, the owner %s of CredentialRequest %s"
              .formatted(user, owner, name));
    }
    return user.equals(workload(request))
        ? Optional.of("%s is the workload of CredentialRequest %s".formatted(user, name))
        : Optional.empty();
  }

  /** The user name of a service account, as the API server gives it. */
  private static String workload(CredentialRequest request) {
    return "system:serviceaccount:%s:%s"
        .formatted(
            request.getMetadata().getNamespace(),
            request.getSpec().workload().serviceAccountName());
  }

  private static @Nullable String annotation(CredentialRequest request, String key) {
    var annotations = request.getMetadata().getAnnotations();
    return (annotations == null ? Map.<String, String>of() : annotations).get(key);
  }
}
