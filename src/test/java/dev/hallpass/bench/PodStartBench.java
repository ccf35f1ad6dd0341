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

/** From a pod's creation until all of it is ready, with and without injection in turns. */
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
    try {
      for (var i = 0; i < PAIRS + WARM_UP; i++) {
        on.add(start(with));
        off.add(start(without));
      }
    } finally {
      without.close();
    }

    var onSample = measured(on);
    var offSample = measured(off);
    Figures.add(
        "pod start with injection, %d pairs".formatted(PAIRS),
        Figures.latency(onSample),
        "without: " + Figures.latency(offSample),
        "added " + Figures.added(onSample, offSample),
        "added p50 ≤ 1.0 s");
  }

  /** The first ones pull what every later one finds. */
  private static Sample measured(List<Duration> starts) {
    var counted = starts.subList(WARM_UP, starts.size());
    return new Sample(counted, counted.stream().reduce(Duration.ZERO, Duration::plus));
  }

  private static Duration start(Workload workload) {
    var client = workload.client();
    var began = System.nanoTime();
    Pod pod = client.resource(workload.pod()).create();
    client.pods().resource(pod).waitUntilReady(90, TimeUnit.SECONDS);
    var took = Duration.ofNanos(System.nanoTime() - began);
    client.pods().resource(pod).withGracePeriod(0).delete();
    return took;
  }
}
