package dev.hallpass.reconcile;

import java.time.Duration;

/**
 * How leadership passes on, as in client-go's leader election.
 *
 * @param lease how long others wait for a leader that was not heard of
 * @param renew how long a leader tries to renew before it gives up; shorter than {@code lease}, so
 *     that it is gone before another takes over
 * @param retry between attempts
 */
public record LeadershipTimes(Duration lease, Duration renew, Duration retry) {

  /** Ten, six and two seconds. */
  public static final LeadershipTimes DEFAULT =
      new LeadershipTimes(Duration.ofSeconds(10), Duration.ofSeconds(6), Duration.ofSeconds(2));
}
