package dev.hallpass.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.testing.NamespacePolicies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The trail as an operator collects it and an auditor reads it. */
@Isolated
@ExtendWith(HallpassCluster.class)
class AuditE2E {
  private static final Duration SOON = Duration.ofSeconds(60);

  private static InstalledPlugin plugin;

  @TempDir private Path folder;

  @BeforeAll
  static void install() {
    plugin = InstalledPlugin.install();
  }

  /** A pod is served, its broker is killed, another renews, and the pod goes. */
  @Test
  void theTrailHasTheWholeLifeOfACredentialWhoseBrokerWasKilled(Scene scene) throws IOException {
    var installed = new Installed(scene.client());
    // So that what they print is there from the first line on.
    installed.restart();
    try (var logs = new LogCollector(scene.client(), folder)) {
      logs.follow();
      scene.apply("brief.yaml", Map.of("MODE", "Sidecar"));
      var pod = scene.awaitRunning("brief");
      var lease = scene.awaitActive(pod).getMetadata().getName();
      var login = scene.login(pod);
      await("issue and delivery are collected, of which two brokers may tell")
          .atMost(SOON)
          .until(
              () ->
                  Stream.of("credential.issued", "credential.delivered")
                      .noneMatch(kind -> logs.whoRecorded(kind, lease).isEmpty()));
      var killed = logs.whoRecorded("credential.issued", lease).getFirst();

      kill(scene, killed);
      installed.awaitReplaced(killed);
      logs.follow();
      await("another broker renews")
          .atMost(Duration.ofMinutes(2))
          .until(
              () ->
                  logs.whoRecorded("credential.renewed", lease).stream()
                      .anyMatch(broker -> !broker.equals(killed)));
      scene.scale("brief", 0);
      scene.assertEnded(pod, login, EndedBy.PodDeleted);
      await("the end is collected")
          .atMost(SOON)
          .until(() -> !logs.whoRecorded("revocation.verified", lease).isEmpty());

      assertSound(scene, logs);
      assertThat(life(scene, lease, logs.trails()))
          .containsSubsequence(
              "credential.decided",
              "credential.issued",
              "credential.decided",
              "credential.delivered",
              "credential.decided",
              "credential.renewed",
              "revocation.begun",
              "revocation.verified");
      assertLinked(scene, logs, killed);
      assertThat(logs.pods())
          .hasSize(5)
          .allSatisfy(
              process ->
                  assertThat(logs.printed(process))
                      .doesNotContain(login.password(), scene.database().adminPassword()));
      assertTamperingIsFound(scene, logs, killed, lease);
    }
  }

  /** Policies are edited: a name alone would not say what took it. */
  @Test
  void theTrailHasWhichGenerationOfAPolicyTookACredential(Scene scene) throws IOException {
    try (var logs = new LogCollector(scene.client(), folder);
        var policies = new NamespacePolicies(scene.client(), scene.namespace())) {
      logs.follow();
      var pod = scene.served("reader");
      var lease = scene.awaitActive(pod).getMetadata().getName();
      var login = scene.login(pod);
      policies.apply("ticket", "validations: [{expression: 'true', message: none needed}]");
      var policy =
          policies
              .apply(
                  "ticket",
                  "validations: [{expression: \"'ticket' in pod.metadata.labels\", message: label it, reason: TicketMissing}]")
              .getMetadata();

      scene.assertEnded(pod, login, EndedBy.PolicyWithdrawn);
      await("the end is collected")
          .atMost(SOON)
          .until(() -> !logs.whoRecorded("revocation.verified", lease).isEmpty());

      assertThat(explained(scene, lease, logs.trails()))
          .contains(
              "Review Denied: PolicyDenied, CredentialPolicy %1$s, TicketMissing: label it; policies: %1$s@2"
                  .formatted(policy.getName()))
          .contains("ends, PolicyWithdrawn: CredentialPolicy " + policy.getName());
    }
  }

  private static void kill(Scene scene, String pod) {
    scene
        .client()
        .pods()
        .inNamespace(Scene.SYSTEM_NAMESPACE)
        .withName(pod)
        .withGracePeriod(0)
        .delete();
  }

  /**
   * Once what was printed last is collected, too: a checkpoint that was published after the copy
   * was made reads as one that is missing from it.
   */
  private static void assertSound(Scene scene, LogCollector logs) {
    await("the trail is proven whole")
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(
            () -> {
              var verified = verify(scene, logs.trails(), "--some");
              assertThat(verified.out())
                  .contains("✓ nothing was changed, dropped or reordered")
                  .contains(logs.pods());
              assertThat(verified.code()).isZero();
            });
  }

  private static InstalledPlugin.Run verify(Scene scene, List<Path> files, String... options) {
    var arguments = new ArrayList<>(List.of("audit", "verify"));
    arguments.addAll(List.of(options));
    files.forEach(file -> arguments.add(file.toString()));
    return plugin.run(scene.namespace(), arguments.toArray(String[]::new));
  }

  /** The kinds of what {@code audit explain} tells, in its order. */
  private static List<String> life(Scene scene, String lease, List<Path> files) {
    var told = explained(scene, lease, files);
    assertThat(told)
        .startsWith("clease/%s in namespace %s".formatted(lease, scene.namespace()))
        .contains("team-orders answers for it: read orders for a minute")
        .contains("ends, PodDeleted");
    return told.lines()
        .filter(line -> line.startsWith("20"))
        .map(line -> line.split(" +", 3)[1])
        .toList();
  }

  private static String explained(Scene scene, String lease, List<Path> files) {
    var arguments = new ArrayList<>(List.of("audit", "explain", lease));
    files.forEach(file -> arguments.add(file.toString()));
    var told = plugin.run(scene.namespace(), arguments.toArray(String[]::new));
    assertThat(told.code()).as(told.err()).isZero();
    return told.out();
  }

  /** The killed writer's chain is vouched for as far as it goes, and the next writer names it. */
  private static void assertLinked(Scene scene, LogCollector logs, String killed) {
    var chain = chain(logs, killed);
    var report = json(verify(scene, logs.trails(), "--some", "-o", "json").out());
    assertThat(report.path("chains"))
        .filteredOn(c -> c.path("chain").asText().equals(chain))
        .singleElement()
        .satisfies(
            c -> {
              assertThat(c.path("vouched").asInt()).isPositive();
              if (c.path("closed").asBoolean()) {
                assertThat(c.path("vouched").asInt()).isEqualTo(c.path("records").asInt());
              }
            });
    var successor = logs.pods().getLast();
    assertThat(logs.records(successor))
        .filteredOn(r -> r.path("type").asText().endsWith("audit.checkpoint"))
        .flatExtracting(
            r -> StreamSupport.stream(r.path("data").path("others").spliterator(), false).toList())
        .extracting(seen -> seen.path("chain").asText())
        .contains(chain);
  }

  private static String chain(LogCollector logs, String writer) {
    return logs.records(writer).getFirst().path("chain").asText();
  }

  private static void assertTamperingIsFound(
      Scene scene, LogCollector logs, String killed, String lease) throws IOException {
    var files = logs.trails();
    var without = files.stream().filter(f -> !f.endsWith(killed + ".jsonl")).toList();
    assertThat(verify(scene, without, "-o", "json").out())
        .contains("knows of chain %s, which is in no file".formatted(chain(logs, killed)));

    var file = logs.trail(killed);
    var lines = new ArrayList<>(Files.readAllLines(file));
    var changed =
        lines.indexOf(
            lines.stream()
                .filter(l -> l.contains("credential.issued") && l.contains(lease))
                .findFirst()
                .orElseThrow());
    lines.set(changed, lines.get(changed).replace("for a minute", "for an hour"));
    Files.write(file, lines);

    var found = verify(scene, files, "--some");

    assertThat(found.code()).isEqualTo(1);
    assertThat(found.out())
        .contains("✗ %s:%d: Changed, record".formatted(file, changed + 1))
        .contains("of %s: its hash is not that of what it says".formatted(killed));
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError(text, e);
    }
  }
}
