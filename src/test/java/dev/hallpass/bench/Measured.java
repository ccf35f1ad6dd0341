package dev.hallpass.bench;

import java.time.Duration;

/**
 * What so many workers got done, and what it cost.
 *
 * @param sample how long each call took
 * @param cpu of all of them
 */
record Measured(Sample sample, CpuTime cpu) {

  /** Lets so many workers work for that long. */
  static Measured of(Load load, int workers, Duration duration) {
    var before = CpuTime.now();
    var sample = load.workers(workers, duration);
    return new Measured(sample, CpuTime.now().since(before));
  }

  /** Both, as if one had followed the other. */
  Measured and(Measured other) {
    return new Measured(sample.and(other.sample), cpu.and(other.cpu));
  }

  /** CPU time of one call. */
  String cpuEach() {
    return cpu.per(sample.latencies().size());
  }
}
