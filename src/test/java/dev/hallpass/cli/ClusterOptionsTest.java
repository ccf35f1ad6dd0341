package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterOptionsTest {
  private final List<ClusterOptions> connections = new ArrayList<>();

  @Test
  void areTheSameBeforeACommandAsBehindIt() {
    var before =
        options(
            "--kubeconfig=k --context c -n shop --as ada --as-group a --as-group b explain pod/x");
    var behind =
        options(
            "explain pod/x --kubeconfig=k --context c -n shop --as ada --as-group a --as-group b");

    assertThat(before).usingRecursiveComparison().isEqualTo(behind);
    assertThat(before.kubeconfig).isEqualTo(Path.of("k"));
    assertThat(before.namespace).isEqualTo("shop");
    assertThat(before.groups).containsExactly("a", "b");
  }

  @Test
  void whatIsGivenBehindTheCommandCounts() {
    var options = options("-n shop --context c leases -n billing --as ada");

    assertThat(options.namespace).isEqualTo("billing");
    assertThat(options.context).isEqualTo("c");
    assertThat(options.user).isEqualTo("ada");
  }

  @Test
  void reachTheCommandsOfCommands() {
    assertThat(options("-n shop audit verify trail.jsonl").namespace).isEqualTo("shop");
  }

  private ClusterOptions options(String line) {
    var nowhere = new PrintWriter(Writer.nullWriter());
    var arguments = line.split(" ", -1);
    var code =
        Plugin.line(
                new Surface(nowhere, nowhere, null, Paint.NONE, Clock.systemUTC()),
                where -> {
                  connections.add(where);
                  throw new Failure(ExitCode.REFUSED, "no cluster");
                },
                arguments)
            .execute(arguments);
    assertThat(code).isEqualTo(ExitCode.REFUSED.code());
    return connections.removeLast();
  }
}
