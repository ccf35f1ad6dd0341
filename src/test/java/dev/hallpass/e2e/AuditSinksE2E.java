package dev.hallpass.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.testing.NamespacePolicies;
import dev.hallpass.testing.TestAuthority;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Sinks without which nothing is issued: files on a volume, and a collector. */
@Isolated
@ExtendWith(HallpassCluster.class)
class AuditSinksE2E {
  private static final Duration SOON = Duration.ofMinutes(2);

  private static InstalledPlugin plugin;

  @TempDir private Path folder;

  @BeforeAll
  static void install() {
    plugin = InstalledPlugin.install();
  }

  /** First others fill the volume, then the collector hangs; what has been given goes on. */
  @Test
  void whileTheTrailCannotBeWrittenNothingIsIssuedAndThenAllIs(Scene scene) throws IOException {
    var installed = new Installed(scene.client());
    try (var authority = new TestAuthority()) {
      var collector = AuditCollector.in(scene, authority);
      installed.with(
          "broker.replicas=1,audit.file.enabled=true"
              + ",audit.file.volume.emptyDir.medium=Memory"
              + ",audit.file.volume.emptyDir.sizeLimit=1Mi"
              + ",audit.http.required=true,audit.http.url="
              + collector.url()
              + ",audit.caBundle="
              + authority.bundle());
      var broker = installed.brokers().getFirst();
      var volume = AuditVolume.of(scene.client(), broker);
      whileTheVolumeIsFull(scene, broker, volume);
      whileTheCollectorHangs(scene, broker, collector);
      assertComplete(scene, volume, collector);
    } finally {
      installed.asUsual();
    }
  }

  private static void whileTheVolumeIsFull(Scene scene, Pod broker, AuditVolume volume) {
    var served = scene.served("holder");
    var login = scene.login(served);
    fillWhilePodsAsk(scene, broker, volume);
    assertToldWhy(scene);
    assertNothingIssued(scene, 1);
    assertThat(scene.database().admits(login.username(), login.password())).isTrue();
    scene.scale("holder", 0);
    scene.assertEnded(served, login, EndedBy.PodDeleted);
    assertThat(scene.database().minted(scene.namespace())).isEmpty();

    volume.makeRoom();

    awaitServed(scene, 4);
  }

  /** Pods that are denied have records written, until there is no room for one more. */
  private static void fillWhilePodsAsk(Scene scene, Pod broker, AuditVolume volume) {
    try (var policies = new NamespacePolicies(scene.client(), scene.namespace())) {
      policies.apply(
          "not-yet",
          "validations: [{expression: \"pod.metadata.labels['app'] != 'reader'\", message: not yet}]");
      scene.apply("reader.yaml");
      scene.scale("reader", 4);
      volume.fill();
      awaitTrouble(scene, broker, "sink file");
    }
  }

  private static void whileTheCollectorHangs(Scene scene, Pod broker, AuditCollector collector) {
    var held = scene.awaitActive(scene.ready("reader").getFirst());
    collector.hang();
    scene.scale("reader", 6);
    awaitTrouble(scene, broker, "sink http");
    assertToldWhy(scene);
    assertNothingIssued(scene, 5);
    assertThat(scene.database().exists(held.getStatus().subject())).isTrue();

    collector.goOn();

    awaitServed(scene, 6);
  }

  private static void awaitTrouble(Scene scene, Pod broker, String sink) {
    await("the trail cannot be written: " + sink)
        .atMost(SOON)
        .until(
            () ->
                scene
                    .client()
                    .pods()
                    .resource(broker)
                    .inContainer("broker")
                    .getLog()
                    .lines()
                    .anyMatch(
                        l ->
                            l.contains("the audit trail cannot be written, and nothing is issued")
                                && l.contains(sink)));
  }

  /** By its agent, and by the plugin. */
  private static void assertToldWhy(Scene scene) {
    var waiting =
        await("a pod waits")
            .atMost(SOON)
            .until(
                () -> scene.pods("reader").stream().filter(p -> !Scene.isReady(p)).findFirst(),
                Optional::isPresent)
            .orElseThrow();
    await("the pod says why it waits")
        .atMost(SOON)
        .ignoreExceptions()
        .until(
            () ->
                scene
                    .client()
                    .pods()
                    .resource(waiting)
                    .inContainer("hallpass-agent")
                    .getLog()
                    .contains("AuditUnavailable"));
    assertThat(
            plugin
                .run(scene.namespace(), "explain", "pod/" + waiting.getMetadata().getName())
                .out())
        .contains("AuditUnavailable");
  }

  private static void assertNothingIssued(Scene scene, int leases) {
    await("nothing is issued")
        .during(Duration.ofSeconds(5))
        .atMost(Duration.ofSeconds(60))
        .until(() -> scene.leases().size() == leases);
  }

  private static void awaitServed(Scene scene, int pods) {
    await("all pods get what they wait for, and nobody helps them")
        .atMost(SOON)
        .until(() -> scene.ready("reader").size() == pods);
  }

  /** The collector has all that the volume has, and can prove it. */
  private void assertComplete(Scene scene, AuditVolume volume, AuditCollector collector)
      throws IOException {
    var file = folder.resolve("broker.jsonl");
    await("the files are proven whole")
        .atMost(SOON)
        .untilAsserted(() -> assertSound(scene, Files.writeString(file, volume.files())));
    var written = AuditCollector.names(Files.readAllLines(file));
    await("the collector's copy is proven whole, and lacks nothing that is in the files")
        .atMost(SOON)
        .untilAsserted(
            () -> {
              var copy = collector.trail(folder.resolve("collector.jsonl"));
              assertThat(AuditCollector.names(Files.readAllLines(copy))).containsAll(written);
              assertSound(scene, copy);
            });
    assertThat(collector.records())
        .filteredOn(r -> r.path("type").asText().equals("dev.hallpass.credential.issued"))
        .extracting(r -> r.path("subject").asText())
        .containsAll(
            scene.leases().stream()
                .filter(l -> !LeaseJudge.over(l))
                .map(l -> l.getMetadata().getNamespace() + "/leases/" + l.getMetadata().getName())
                .toList());
  }

  private static void assertSound(Scene scene, Path file) {
    var verified = plugin.run(scene.namespace(), "audit", "verify", "--some", file.toString());
    assertThat(verified.out()).contains("✓ nothing was changed, dropped or reordered");
    assertThat(verified.code()).isZero();
  }
}
