package dev.hallpass.broker;

import dev.hallpass.broker.Proof.Refused;
import dev.hallpass.wire.Reason;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Looks again at a pod whose address is not known yet. Kubelet tells it up to a second after the
 * pod's agent has started, so an agent's first call mostly comes too early. To look at the pod
 * again is cheaper than to have the call, its connection and its token review made again, and the
 * agent need not guess when.
 *
 * <p>A pod may stay without an address for as long as its owner likes, so each is looked at for one
 * call at a time, however many are made for it.
 */
final class AddressWait {
  /** Calls beyond that are refused at once; agents make them again. */
  static final int AT_ONCE = 256;

  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final int LOOKS = 20;

  private final Semaphore places = new Semaphore(AT_ONCE);
  private final Set<String> pods = ConcurrentHashMap.newKeySet();

  /**
   * The proof that comes of the last look: at once, or after two seconds at most.
   *
   * @param uid of the pod that is looked at
   */
  Proof known(String uid, Supplier<Proof> look) {
    var proof = look.get();
    if (!addressUnknown(proof) || !pods.add(uid)) {
      return proof;
    }
    try {
      return places.tryAcquire() ? waited(proof, look) : proof;
    } finally {
      pods.remove(uid);
    }
  }

  private Proof waited(Proof first, Supplier<Proof> look) {
    try {
      var proof = first;
      for (var looks = 0; looks < LOOKS && addressUnknown(proof); looks++) {
        LockSupport.parkNanos(PAUSE.toNanos());
        proof = look.get();
      }
      return proof;
    } finally {
      places.release();
    }
  }

  private static boolean addressUnknown(Proof proof) {
    return proof instanceof Refused(var reason, var detail) && reason == Reason.PodAddressUnknown;
  }
}
