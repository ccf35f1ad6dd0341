package dev.hallpass.bench;

import dev.hallpass.e2e.HallpassCluster;
import dev.hallpass.e2e.Scene;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * From the API server's answer to a deletion without grace until PostgreSQL refuses a copy of the
 * pod's password, which is tried without a pause. Several pods go at a time. It is as precise as
 * one login takes, which is the baseline.
 */
@ExtendWith(HallpassCluster.class)
class DeletionBench {
  private static final int DELETES = Integer.getInteger("hallpass.bench.deletes", 100);
  private static final int AT_A_TIME = 5;

  /** How long a refusal may take before the measurement is given up. */
  private static final Duration AT_MOST = Duration.ofSeconds(60);

  private record Held(Pod pod, Scene.Login login) {}

  /** When the lease says so, which its controller wrote by the same clock. */
  private record Ended(Duration written, Duration revoked) {}

  @Test
  void untilTheLoginIsRefused(Scene scene) {
    Queue<Duration> lags = new ConcurrentLinkedQueue<>();
    Queue<Duration> logins = new ConcurrentLinkedQueue<>();
    Queue<Ended> ends = new ConcurrentLinkedQueue<>();
    for (var done = 0; done < DELETES; done += AT_A_TIME) {
      var deletions =
          served(scene).stream()
              .<Callable<Void>>map(
                  held ->
                      () -> {
                        logins.add(login(scene, held));
                        var deleted = delete(scene, held);
                        lags.add(untilRefused(scene, held));
                        ends.add(ended(scene, held, deleted));
                        return null;
                      })
              .toList();
      Load.inParallel(AT_A_TIME, deletions);
    }

    Figures.add(
        "pod deleted to login refused, %d deletes, %d at a time".formatted(lags.size(), AT_A_TIME),
        Figures.latency(sample(lags)),
        "one login: " + Figures.latency(sample(logins)),
        "",
        "p99 ≤ 1 s");
    Figures.add(
        "by what its lease says: the end written down, with %d at a time".formatted(AT_A_TIME),
        Figures.latency(sample(ends.stream().map(Ended::written).toList())),
        "all gone and verified: "
            + Figures.latency(sample(ends.stream().map(Ended::revoked).toList())),
        "",
        "");
  }

  private static List<Held> served(Scene scene) {
    var workload = Workload.injected(scene);
    var pods =
        Stream.generate(() -> scene.client().resource(workload.pod()).create())
            .limit(AT_A_TIME)
            .toList();
    var held = new ArrayList<Held>();
    for (var pod : pods) {
      var ready = scene.client().pods().resource(pod).waitUntilReady(90, TimeUnit.SECONDS);
      scene.awaitActive(ready);
      held.add(new Held(ready, scene.login(ready)));
    }
    return held;
  }

  private static Duration login(Scene scene, Held held) {
    var began = System.nanoTime();
    if (!admits(scene, held)) {
      throw new IllegalStateException("refused while its pod lives");
    }
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private static Instant delete(Scene scene, Held held) {
    scene.client().pods().resource(held.pod()).withGracePeriod(0).delete();
    return Instant.now();
  }

  private static Ended ended(Scene scene, Held held, Instant deleted) {
    var status = scene.awaitRevoked(held.pod(), AT_MOST).getStatus();
    return new Ended(
        Duration.between(deleted, Instant.parse(status.endedAt())),
        Duration.between(deleted, Instant.parse(status.revokedAt())));
  }

  private static Duration untilRefused(Scene scene, Held held) {
    var began = System.nanoTime();
    while (admits(scene, held)) {
      if (System.nanoTime() - began > AT_MOST.toNanos()) {
        throw new IllegalStateException("still admitted after " + AT_MOST);
      }
    }
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private static boolean admits(Scene scene, Held held) {
    return scene.database().admits(held.login().username(), held.login().password());
  }

  private static Sample sample(Collection<Duration> values) {
    return new Sample(List.copyOf(values), values.stream().reduce(Duration.ZERO, Duration::plus));
  }
}
