package dev.hallpass.policy;

import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.policy.IssueDecision.Deny;
import dev.hallpass.wire.Reason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Files that cannot both be delivered to one container. */
public final class PathCollisions {

  /**
   * A credential, and the name of the request that it is of.
   *
   * @param request the request's name
   */
  public record Asked(String request, RequestedCredential credential) {
    @Override
    public String toString() {
      return request + "/" + credential.name();
    }
  }

  /**
   * A file that is in the way of one before it.
   *
   * @param request the request whose file it is
   * @param deny says which file of which credential, and what to do
   */
  public record Collision(String request, Deny deny) {}

  private record Placed(Asked owner, String path) {}

  private PathCollisions() {}

  /** The collisions among the credentials of one pod, each told of the later one. */
  public static List<Collision> among(List<Asked> credentials) {
    var collisions = new ArrayList<Collision>();
    var placed = new ArrayList<Placed>();
    for (var asked : credentials) {
      for (var file : asked.credential().delivery().files()) {
        placed.stream()
            .filter(p -> meet(p.owner().credential().delivery(), asked.credential().delivery()))
            .filter(p -> overlap(p.path(), file.path()))
            .findFirst()
            .ifPresent(p -> collisions.add(collision(asked, file.path(), p)));
        placed.add(new Placed(asked, file.path()));
      }
    }
    return List.copyOf(collisions);
  }

  private static Collision collision(Asked asked, String path, Placed other) {
    return new Collision(
        asked.request(),
        new Deny(
            Reason.PathCollision,
            "spec.credentials[%s].delivery.files: %s is in the way of %s of %s; choose another path"
                .formatted(asked.credential().name(), path, other.path(), other.owner())));
  }

  /** Whether a container sees both; where none is named, all do. */
  private static boolean meet(Delivery one, Delivery other) {
    return one.containers() == null
        || other.containers() == null
        || one.containers().isEmpty()
        || other.containers().isEmpty()
        || !Collections.disjoint(one.containers(), other.containers());
  }

  private static boolean overlap(String path, String other) {
    return (path + "/").startsWith(other + "/") || (other + "/").startsWith(path + "/");
  }
}
