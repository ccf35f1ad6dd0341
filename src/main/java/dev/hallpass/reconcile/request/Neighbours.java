package dev.hallpass.reconcile.request;

import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.policy.IssueDecision.Deny;
import dev.hallpass.policy.PathCollisions;
import dev.hallpass.policy.PathCollisions.Asked;
import dev.hallpass.policy.PathCollisions.Collision;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a request's neighbours leave it no room for. Admission sees the pod and knows all requests
 * that select it; here there may be no pod yet, so only neighbours count that select every pod of
 * the request by their very terms.
 */
final class Neighbours {
  private Neighbours() {}

  /** The files of the request that are in the way of another. */
  static List<Deny> collisions(CredentialRequest request, List<CredentialRequest> inNamespace) {
    var name = request.getMetadata().getName();
    var asked =
        Stream.concat(
                inNamespace.stream().filter(r -> selectsAllOf(request, r)), Stream.of(request))
            .flatMap(Neighbours::asked)
            .toList();
    return PathCollisions.among(asked).stream()
        .filter(c -> c.request().equals(name))
        .map(Collision::deny)
        .toList();
  }

  private static boolean selectsAllOf(CredentialRequest request, CredentialRequest neighbour) {
    var ours = request.getSpec().workload();
    var theirs = neighbour.getSpec().workload();
    return !neighbour.getMetadata().getName().equals(request.getMetadata().getName())
        && !neighbour.isMarkedForDeletion()
        && theirs.serviceAccountName().equals(ours.serviceAccountName())
        && theirs.selector().includes(ours.selector());
  }

  private static Stream<Asked> asked(CredentialRequest request) {
    return request.getSpec().credentials().stream()
        .map(c -> new Asked(request.getMetadata().getName(), c));
  }
}
