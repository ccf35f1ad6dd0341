package dev.hallpass.broker;

import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Pod;

/** Whether a call comes from a live pod. */
sealed interface Proof {

  /**
   * It does.
   *
   * @param pod the pod
   */
  record Accepted(Pod pod) implements Proof {}

  /**
   * It does not, or cannot be told.
   *
   * @param reason the code
   * @param detail the same for people
   */
  record Refused(Reason reason, String detail) implements Proof {}
}
