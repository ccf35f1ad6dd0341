package dev.hallpass.lease;

import dev.hallpass.wire.Reason;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Lets one call at a time in for each credential of a pod. What all pods share, such as the
 * connections to a target, one pod cannot take by calling often.
 */
final class Doorway {
  private final Set<Credential> inside = ConcurrentHashMap.newKeySet();

  private record Credential(String pod, String request, String name) {

    static Credential of(Claim claim) {
      return new Credential(
          claim.pod().uid(), claim.request().getMetadata().getUid(), claim.credential().name());
    }
  }

  /**
   * Makes the call.
   *
   * @throws RefusedException where another one for this credential is under way
   */
  <T> T pass(Claim claim, Supplier<T> call) {
    var credential = Credential.of(claim);
    if (!inside.add(credential)) {
      throw new RefusedException(
          Reason.LeaseBusy, "another call for this credential of the pod is under way");
    }
    try {
      return call.get();
    } finally {
      inside.remove(credential);
    }
  }
}
