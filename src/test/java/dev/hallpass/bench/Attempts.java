package dev.hallpass.bench;

import java.time.Duration;

/** How often a controller may try to revoke at a target that does not answer. */
final class Attempts {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private Attempts() {}

  /**
   * The most that the back-off lets through for one lease: pauses of 1 s, then twice as long each
   * time, up to 60 s, all of them a fifth shorter by chance.
   */
  static int most(Duration down) {
    var attempts = 1;
    var pause = FIRST;
    for (var next = shortest(pause); next.compareTo(down) <= 0; next = next.plus(shortest(pause))) {
      attempts++;
      pause = pause.multipliedBy(2).compareTo(LONGEST) < 0 ? pause.multipliedBy(2) : LONGEST;
    }
    return attempts;
  }

  private static Duration shortest(Duration pause) {
    return pause.multipliedBy(4).dividedBy(5);
  }
}
