package dev.hallpass.bench;

import dev.hallpass.e2e.HallpassCluster;
import dev.hallpass.e2e.Host;
import dev.hallpass.e2e.Scene;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Private memory of each process, while some pods are served, and the CPU time of agents that have
 * nothing to do. Written pages alone: those of files are one copy for all processes of a node. The
 * nodes must be containers of this machine.
 */
@ExtendWith(HallpassCluster.class)
class MemoryBench {
  private static final int PODS = 4;
  private static final String AGENT = "/opt/java/bin/java*--broker=https://*";

  private static final int IDLE_SECONDS = 60;

  /** For the shell on a node: a line of hundredths of a second of CPU time, likewise. */
  private static final String CPU_SCRIPT =
      """
      for process in /proc/[0-9]*; do
        [[ $(tr "\\0" " " 2>/dev/null <"$process/cmdline") == $1 ]] || continue
        sed 's/.*) //' "$process/stat" | awk '{print $12 + $13}'
      done""";

  /** For the shell on a node: a line of kilobytes for each process whose command line fits. */
  private static final String SCRIPT =
      """
      for process in /proc/[0-9]*; do
        [[ $(tr "\\0" " " 2>/dev/null <"$process/cmdline") == $1 ]] || continue
        awk '/^Private_Dirty/ {print $2}' "$process/smaps_rollup"
      done""";

  @Test
  void ofEachProcess(Scene scene) {
    var workload = Workload.injected(scene);
    var pods =
        Stream.generate(() -> scene.client().resource(workload.pod()).create())
            .limit(PODS)
            .toList();
    for (var pod : pods) {
      scene.awaitActive(scene.client().pods().resource(pod).waitUntilReady(90, TimeUnit.SECONDS));
    }
    add(scene, "broker", "/opt/java/bin/java*quarkus-run.jar broker*", "≤ 256 MiB");
    add(scene, "controller", "/opt/java/bin/java*quarkus-run.jar controller*", "≤ 256 MiB");
    add(scene, "agent", AGENT, "≤ 32 MiB");
    addIdleCpu(scene);
  }

  /** Of all agents together, so that one tick of the clock counts little. */
  private static void addIdleCpu(Scene scene) {
    var began = System.nanoTime();
    var before = perNode(scene, CPU_SCRIPT, AGENT);
    LockSupport.parkNanos(Duration.ofSeconds(IDLE_SECONDS).toNanos());
    var after = perNode(scene, CPU_SCRIPT, AGENT);
    if (after.size() != before.size()) {
      throw new IllegalStateException("agents came or went");
    }
    var ticks = after.stream().mapToLong(n -> n).sum() - before.stream().mapToLong(n -> n).sum();
    var seconds = (System.nanoTime() - began) / 1e9;
    Figures.add(
        "agent, idle CPU",
        String.format(
            Locale.ROOT,
            "%.2f m, the mean of %d over %d s",
            ticks * 10 / seconds / before.size(),
            before.size(),
            IDLE_SECONDS),
        "",
        "",
        "≤ 1 m");
  }

  private static void add(Scene scene, String process, String commandLine, String target) {
    var kilobytes = perNode(scene, SCRIPT, commandLine);
    if (kilobytes.isEmpty()) {
      throw new IllegalStateException("no node runs a " + process);
    }
    Figures.add(
        process + ", private memory",
        String.format(
            Locale.ROOT,
            "%.1f MiB, the largest of %d",
            kilobytes.getLast() / 1024.0,
            kilobytes.size()),
        "",
        "",
        target);
  }

  /** What the script says of such processes on all nodes, ascending. */
  private static List<Long> perNode(Scene scene, String script, String commandLine) {
    return scene.client().nodes().list().getItems().stream()
        .flatMap(node -> lines(node.getMetadata().getName(), script, commandLine))
        .map(Long::valueOf)
        .sorted()
        .toList();
  }

  private static Stream<String> lines(String node, String script, String commandLine) {
    return Host.run("docker", "exec", node, "bash", "-c", script, "bench", commandLine).lines();
  }
}
