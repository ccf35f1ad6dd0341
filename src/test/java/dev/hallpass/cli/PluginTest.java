package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that reach no cluster, and command lines that never get so far. */
class PluginTest {

  @ParameterizedTest
  @MethodSource("policies")
  void eachPolicyOfTheLibraryPassesItsCases(String policy) {
    var run =
        run(
            "policy",
            "test",
            "-f",
            "config/policies/" + policy,
            "-f",
            "config/policies/cases/" + policy);

    assertThat(run.out()).startsWith("✓ ").endsWith(" passed, 0 failed\n");
    assertThat(run.code()).isZero();
  }

  static List<String> policies() throws IOException {
    try (var files = Files.list(Path.of("config/policies/cases"))) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aCaseThatFailsSaysHow(@TempDir Path folder) throws IOException {
    var file = folder.resolve("cases.yaml");
    Files.writeString(
        file,
        """
        - name: everybody's account
          given: {pod: {spec: {serviceAccountName: default}}}
          expect: {decision: Allow}
        """);

    var run =
        run(
            "policy",
            "test",
            "-f",
            "config/policies/no-default-service-account.yaml",
            "-f",
            file.toString());

    assertThat(run.out()).startsWith("✗ everybody's account\n").endsWith("0 passed, 1 failed\n");
    assertThat(run.code()).isEqualTo(1);
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    var run = run("policy", "test", "-f", "no-such.yaml");

    assertThat(run).isEqualTo(new Run(2, "", "no-such.yaml cannot be read\n"));
  }

  @Test
  void anAtSignIsNoNameOfAFile(@TempDir Path folder) throws IOException {
    var file = Files.writeString(folder.resolve("secret"), "config/policies\n");

    var run = run("policy", "test", "-f", "@" + file);

    assertThat(run).isEqualTo(new Run(2, "", "@%s cannot be read%n".formatted(file)));
    assertThat(run("@" + Files.writeString(folder.resolve("command"), "version")).code())
        .isEqualTo(2);
  }

  @Test
  void completionIsAScriptOfTheShell() {
    assertThat(run("completion", "bash").out()).contains("complete -F _kubectl_hallpass");
    assertThat(run("completion", "zsh").out()).startsWith("#compdef kubectl-hallpass");
    assertThat(run("completion", "fish").out()).contains("complete -c kubectl-hallpass");
    assertThat(run("completion", "tcsh").code()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "status --nonsense",
        "explain",
        "explain node/a",
        "revoke",
        "revoke pod/a --all",
        "revoke clease/a --block",
        "revoke pod/a --block --unblock",
        "revoke pod/a --unblock --dry-run",
        "revoke pod/a -A",
        "revoke pod/a --wait soon",
        "leases --watch --timeout soon",
        "break-glass",
        "break-glass creq/a --credential db",
        "review a",
        "policy",
      })
  void aWrongCommandLineIsRefusedInALine(String line) {
    var run = run(line.isEmpty() ? new String[0] : line.split(" ", -1));

    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.err()).hasLineCount(1);
    assertThat(run.out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "policy test", "audit verify", "audit explain"})
  void aWrongCommandLinePointsToHelpThatThereIs(String command) {
    var words = command.split(" ", -1);

    assertThat(run(with(words, "--nonsense")).err())
        .endsWith("; see kubectl hallpass %s --help%n".formatted(command));
    assertThat(run(with(words, "--help")).out())
        .startsWith("Usage: kubectl-hallpass %s ".formatted(command));
  }

  @ParameterizedTest
  @CsvSource({
    "statsu, status, kubectl hallpass",
    "status --contxt home, --context, kubectl hallpass status",
    "--contxt home status, --context, kubectl hallpass",
    "policy tset, test, kubectl hallpass policy",
    "explain pdo/orders-1, pod/orders-1,",
    "tree creqs/orders, creq/orders,"
  })
  void whoeverMistypesIsAskedWhetherTheyMeantWhatIsNear(String line, String meant, String helped) {
    var run = run(line.split(" ", -1));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .endsWith(
            " (did you mean %s?)%s%n"
                .formatted(meant, helped == null ? "" : "; see " + helped + " --help"));
  }

  @Test
  void whatIsNearToNothingIsNotGuessedAt() {
    assertThat(run("__complet").err()).as("nobody types it").doesNotContain("did you mean");
    assertThat(run("nonsense").err()).doesNotContain("did you mean");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "leases --watch --timeout 7d",
        "revoke --all --wait 7d",
        "approve orders-1-db --workload-for 7d",
        "break-glass creq/a --credential db --for 7d"
      })
  void timesHaveTheUnitsOfManifests(String line) {
    var run = run(line.split(" ", -1));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .endsWith(
            ": not a duration: 7d; the units are h, m and s: write it as 30s, 5m or 1h30m, and a"
                + " day as 24h%n".formatted());
  }

  private static String[] with(String[] words, String last) {
    return Stream.concat(Stream.of(words), Stream.of(last)).toArray(String[]::new);
  }

  @Test
  void aServerThatDoesNotAnswerIsNamed() {
    var config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl("https://127.0.0.1:1")
            .withRequestRetryBackoffLimit(0)
            .build();

    try (var client = new KubernetesClientBuilder().withConfig(config).build()) {
      var run = Run.of(new Cluster(client, "default"), "status");

      assertThat(run.code()).isEqualTo(3);
      assertThat(run.err())
          .startsWith(
              "the API server at https://127.0.0.1:1/, as the kubeconfig names it, does not answer: ")
          .hasLineCount(1);
    }
  }

  @Test
  void helpNamesEveryCommand() {
    var run = run("--help");

    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("status", "explain", "break-glass").doesNotContain("__complete");
  }

  private static Run run(String... arguments) {
    return Run.of(null, arguments);
  }
}
