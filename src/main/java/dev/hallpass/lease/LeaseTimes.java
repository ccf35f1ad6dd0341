package dev.hallpass.lease;

import java.time.Duration;

/**
 * How long a lease may wait for what.
 *
 * @param acknowledgement from the issue of secret material to the pod's confirmation
 * @param nodeGrace from when the node stopped being Ready, or was removed, to its loss
 * @param retention from the end of a lease to its removal
 */
public record LeaseTimes(Duration acknowledgement, Duration nodeGrace, Duration retention) {

  /** A shorter retention would let the first lease of a new pod be forgotten, and made again. */
  public static final Duration MIN_RETENTION = Duration.ofMinutes(10);

  /** One minute, 40 seconds (what the node controller itself waits), one hour. */
  public static final LeaseTimes DEFAULT =
      new LeaseTimes(Duration.ofSeconds(60), Duration.ofSeconds(40), Duration.ofHours(1));
}
