package dev.hallpass.bench;

import dev.hallpass.e2e.HallpassCluster;
import dev.hallpass.e2e.Scene;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * From a pod's creation until all of it is ready, in turns: with injection, without, and without
 * but behind a sidecar that does nothing.
 */
@ExtendWith(HallpassCluster.class)
class PodStartBench {
  private static final int PAIRS = Integer.getInteger("hallpass.bench.pods", 20);
  private static final int WARM_UP = 2;

  @Test
  void addedByInjection(Scene scene) {
    var with = Workload.injected(scene);
    var without = Workload.plain(scene);
    var on = new ArrayList<Duration>();
    var off = new ArrayList<Duration>();
    var behindIdle = new ArrayList<Duration>();
    try {
      for (var i = 0; i < PAIRS + WARM_UP; i++) {
        on.add(start(with, with.pod()));
        off.add(start(without, without.pod()));
        behindIdle.add(start(without, without.podBehindIdleSidecar()));
      }
    } finally {
      without.close();
    }

    var onSample = measured(on);
    var offSample = measured(off);
    var idleSample = measured(behindIdle);
    Figures.add(
        "pod start with injection, %d pairs".formatted(PAIRS),
        Figures.latency(onSample),
        "without: " + Figures.latency(offSample),
        "added " + Figures.added(onSample, offSample),
        "added p50 ≤ 1.0 s");
    Figures.add(
        "the same, beside an idle sidecar",
        Figures.latency(onSample),
        "behind a sidecar that does nothing: " + Figures.latency(idleSample),
        "added " + Figures.added(onSample, idleSample),
        "");
  }

  /** The first ones pull what every later one finds. */
  private static Sample measured(List<Duration> starts) {
    var counted = starts.subList(WARM_UP, starts.size());
    return new Sample(counted, counted.stream().reduce(Duration.ZERO, Duration::plus));
  }

  private static Duration start(Workload workload, Pod wanted) {
    var client = workload.client();
    var began = System.nanoTime();
    Pod pod = client.resource(wanted).create();
    client.pods().resource(pod).waitUntilReady(90, TimeUnit.SECONDS);
    var took = Duration.ofNanos(System.nanoTime() - began);
    client.pods().resource(pod).withGracePeriod(0).delete();
    return took;
  }
}
