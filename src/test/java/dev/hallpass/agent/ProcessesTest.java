package dev.hallpass.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real processes, told apart as in a pod that shares its process namespace. */
class ProcessesTest {
  /** Not HUP: under nohup all ignore that. */
  private static final int USR1 = 10;

  private static final String OBEDIENT =
      "trap 'exit 7' USR1; echo up; while :; do sleep 0.05; done";

  private final List<Process> started = new ArrayList<>();
  private final Processes processes = new Processes(Path.of("/proc"));
  private final String container = "app-" + UUID.randomUUID();

  @AfterEach
  void stop() {
    for (var process : started) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  @Test
  void signalsTheMainProcessOfTheContainerAlone() throws Exception {
    var other = start("other-" + container);
    var main = start(container);
    var laterByExec = start(container);

    processes.signal(container, USR1);

    assertThat(main.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(main.exitValue()).isEqualTo(7);
    assertThat(other.isAlive()).isTrue();
    assertThat(laterByExec.isAlive()).isTrue();
  }

  @Test
  void saysWhereThereIsNone() {
    assertThatIOException()
        .isThrownBy(() -> processes.signal(container, USR1))
        .withMessageContaining("no process of container " + container);
  }

  private Process start(String container) throws IOException {
    var command = new ProcessBuilder("sh", "-c", OBEDIENT);
    command.environment().put("HALLPASS_CONTAINER", container);
    var process = command.start();
    started.add(process);
    var out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    assertThat(out.readLine()).isEqualTo("up");
    return process;
  }
}
