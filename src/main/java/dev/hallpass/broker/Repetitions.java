package dev.hallpass.broker;

import dev.hallpass.audit.Digest;
import dev.hallpass.kube.Recent;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * What the trail was told a moment ago of pods that are refused, or wait. A pod can ask without
 * end, and for whatever comes to its mind: the trail has the same once, and so many different ones.
 * Metrics count all. Thread-safe.
 */
final class Repetitions {
  /** From the first that is remembered of a pod. */
  static final Duration MEMORY = Duration.ofHours(1);

  /** Of one pod and {@link About}. */
  static final int DIFFERENT = 32;

  private static final int PODS = 10_000;

  private final Recent<Set<String>> told;

  /** What is refused. Each is counted by itself, so that none can hide another. */
  enum About {
    /** Whoever calls has the pod's token, and may be somebody else. */
    PROOF,

    /** There is nothing of the name that the caller chose. */
    NAME,

    /** What it named is there. */
    DECISION,

    /** It could not be done, or decided. */
    FAILURE
  }

  Repetitions(Clock clock) {
    told = new Recent<>(PODS, MEMORY, clock);
  }

  /** Whether the trail has yet to be told this; from now on it has been. */
  synchronized boolean isNews(About about, String podUid, String what) {
    var key = key(about, podUid);
    var known =
        told.get(key)
            .orElseGet(
                () -> {
                  var none = new HashSet<String>();
                  told.put(key, none);
                  return none;
                });
    return known.size() < DIFFERENT && known.add(Digest.ofText(what));
  }

  /** The pod was allowed something: what is refused from now on, or fails, is news. */
  synchronized void allowed(String podUid) {
    told.take(key(About.DECISION, podUid));
    told.take(key(About.FAILURE, podUid));
  }

  private static String key(About about, String podUid) {
    return about + "/" + podUid;
  }
}
