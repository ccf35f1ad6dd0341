package dev.hallpass.bench;

import dev.hallpass.broker.BrokerScene;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The controller as it runs in a cluster, in a process of its own: as it was packaged, with the
 * heap that the chart's limit leaves it.
 */
final class RunningController implements AutoCloseable {
  private static final Path PACKAGED = Path.of("target", "quarkus-app", "quarkus-run.jar");

  /** 60 % of the 384 MiB of the chart, as the image says. */
  private static final String HEAP = "-Xmx230m";

  private final ServerProcess process;

  private RunningController(ServerProcess process) {
    this.process = process;
  }

  /** Starts it; it leads in the test's namespace, and so at once. */
  static RunningController start(KubeApi kube) throws IOException {
    if (!Files.exists(PACKAGED)) {
      throw new IllegalStateException(PACKAGED + " is missing: hack/bench packages it");
    }
    var folder =
        Files.createTempDirectory(
            Files.createDirectories(Path.of("target", "bench")), "controller-");
    var audit = Files.createDirectory(folder.resolve("audit"));
    return new RunningController(
        ServerProcess.start(
            folder.resolve("log"),
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                HEAP,
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:-UsePerfData",
                "-XX:+UseCompactObjectHeaders",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dkubernetes.master=" + kube.client().getMasterUrl(),
                "-Dkubernetes.auth.token=" + kube.client().getConfiguration().getOauthToken(),
                "-Dkubernetes.trust.certificates=true",
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=" + ServerProcess.freePort(),
                "-Dhallpass.log.json=false",
                "-Dhallpass.namespace=" + kube.namespace(),
                "-Dhallpass.identity=bench",
                "-Dhallpass.installation=" + BrokerScene.INSTALLATION,
                "-Dhallpass.audit.stdout.enabled=false",
                "-Dhallpass.audit.file.folder=" + audit,
                "-jar",
                PACKAGED.toString(),
                "controller")));
  }

  /** Whether it runs. */
  boolean alive() {
    return ProcessHandle.of(process.pid()).isPresent();
  }

  /** Its pages that no other process shares, in MiB. */
  long privateMemory() {
    try (var lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "smaps_rollup"))) {
      return lines
              .filter(l -> l.startsWith("Private_Dirty:"))
              .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")))
              .sum()
          >> 10;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
