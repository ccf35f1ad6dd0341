package dev.hallpass.bench;

import dev.hallpass.e2e.HallpassCluster;
import dev.hallpass.e2e.Scene;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the webhook adds to the creation of a pod, as its creator sees it. No pod is started. */
@ExtendWith(HallpassCluster.class)
class AdmissionBench {
  private static final int PER_SECOND = 20;
  private static final int ROUNDS = 4;
  private static final Duration ROUND = Duration.ofSeconds(8);

  @Test
  void addedLatencyAt20PodsASecond(Scene scene) {
    var without = Workload.plain(scene);
    try {
      var onLoad = dryRuns(Workload.injected(scene), 1);
      var offLoad = dryRuns(without, 0);
      onLoad.paced(PER_SECOND, ROUND);
      offLoad.paced(PER_SECOND, ROUND);

      var asked = ReviewTimes.asked(scene.client());
      var answered = ReviewTimes.answered(scene.client());
      var on = onLoad.paced(PER_SECOND, ROUND);
      var off = offLoad.paced(PER_SECOND, ROUND);
      for (var round = 1; round < ROUNDS; round++) {
        on = on.and(onLoad.paced(PER_SECOND, ROUND));
        off = off.and(offLoad.paced(PER_SECOND, ROUND));
      }

      Figures.add(
          "pod creation with injection, 20/s",
          Figures.latency(on),
          "without: " + Figures.latency(off),
          "added " + Figures.added(on, off),
          "added p50 ≤ 3 ms, p99 ≤ 20 ms");
      Figures.add(
          "the webhook's part of it, as the API server has it",
          ReviewTimes.asked(scene.client()).since(asked).mean(),
          "in the brokers: " + ReviewTimes.answered(scene.client()).since(answered).mean(),
          "",
          "");
    } finally {
      without.close();
    }
  }

  private static Load dryRuns(Workload workload, int sidecars) {
    return new Load(
        () -> {
          var made = workload.client().resource(workload.pod()).dryRun().create();
          if (made.getSpec().getInitContainers().size() != sidecars) {
            throw new IllegalStateException("injection is not as it should be");
          }
        });
  }
}
