package dev.hallpass.hack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people run by hand says how it is used, and leaves a cluster of theirs alone. */
class ScriptsTest {
  @TempDir private Path home;

  static List<String> scripts() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("hack"))) {
      return files
          .filter(Files::isRegularFile)
          .filter(Files::isExecutable)
          .map(Path::toString)
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void saysHowItIsUsed(String script) {
    var said = shell().run(script + " --help");

    assertThat(said.code()).as(said.err()).isZero();
    assertThat(said.out()).startsWith("usage: " + script);
    assertThat(said.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"hack/bench", "hack/cluster", "hack/demo", "hack/judge", "hack/test"})
  void refusesWhatItDoesNotKnowAndSaysWhatItDoes(String script) {
    var said = shell().run(script + " --nonsense");

    assertThat(said.code()).isEqualTo(2);
    assertThat(said.out() + said.err()).contains("usage: " + script);
  }

  @Test
  void namesTheImagesThatThereAre() {
    var said = shell().run("hack/image nonsense");

    assertThat(said.code()).isEqualTo(1);
    assertThat(said.err())
        .isEqualTo("image: there is no image 'nonsense', only: hallpass agent postgres demo-app\n");
  }

  @Test
  void aClusterOfYoursIsNotDeleted() throws IOException {
    var yours = Files.createFile(home.resolve("kubeconfig")).toString();
    var shell = shell().with("KUBECONFIG", yours);

    assertThat(shell.run("hack/cluster kubeconfig").out()).isEqualTo(yours + "\n");
    var said = shell.run("hack/cluster down --all");

    assertThat(said.code()).isZero();
    assertThat(said.err())
        .contains("the cluster of KUBECONFIG=%s is not ours: it stays".formatted(yours));
    assertThat(Path.of(yours)).exists();
  }

  private Shell shell() {
    return Shell.in(home);
  }
}
