package dev.hallpass.bench;

import dev.hallpass.e2e.HallpassCluster;
import dev.hallpass.e2e.Host;
import dev.hallpass.e2e.Scene;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Private memory of each process, while some pods are served. Written pages alone: those of files
 * are one copy for all processes of a node. The nodes must be containers of this machine.
 */
@ExtendWith(HallpassCluster.class)
class MemoryBench {
  private static final int PODS = 4;

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
    add(scene, "agent", "/opt/java/bin/java*--broker=https://*", "≤ 32 MiB");
  }

  private static void add(Scene scene, String process, String commandLine, String target) {
    var kilobytes =
        scene.client().nodes().list().getItems().stream()
            .flatMap(node -> kilobytes(node.getMetadata().getName(), commandLine).stream())
            .sorted()
            .toList();
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

  private static List<Long> kilobytes(String node, String commandLine) {
    return Host.run("docker", "exec", node, "bash", "-c", SCRIPT, "memory", commandLine)
        .lines()
        .map(Long::valueOf)
        .toList();
  }
}
