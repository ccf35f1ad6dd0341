package dev.hallpass.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How long each of many calls took.
 *
 * @param latencies one per call, ascending
 * @param elapsed from the first call's begin to the last one's end
 */
record Sample(List<Duration> latencies, Duration elapsed) {
  Sample {
    latencies = latencies.stream().sorted().toList();
  }

  /** Calls per second. */
  double rate() {
    return latencies.size() / seconds(elapsed);
  }

  /**
   * The smallest latency that this share of the calls did not exceed, in milliseconds.
   *
   * @param share above 0, at most 1
   */
  double millis(double share) {
    var rank = (int) Math.ceil(share * latencies.size());
    return seconds(latencies.get(Math.max(rank, 1) - 1)) * 1000;
  }

  /** Both, as if one had followed the other. */
  Sample and(Sample other) {
    var all = new ArrayList<>(latencies);
    all.addAll(other.latencies);
    return new Sample(all, elapsed.plus(other.elapsed));
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
