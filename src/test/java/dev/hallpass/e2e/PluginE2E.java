package dev.hallpass.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.e2e.InstalledPlugin.Run;
import dev.hallpass.testing.NamespacePolicies;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The plugin as {@code hack/install-cli} packs it, on a real cluster. */
@ExtendWith(HallpassCluster.class)
class PluginE2E {
  private static final String TICKET_NEEDED =
      """
      validations:
      - expression: "'ticket' in pod.metadata.labels"
        message: label the pod with its ticket
        reason: TicketMissing
      """;

  private static InstalledPlugin plugin;

  @BeforeAll
  static void install() {
    plugin = InstalledPlugin.install();
  }

  @Test
  void showsWhoHoldsWhat(Scene scene) {
    var pod = scene.served("reader");
    var lease = scene.awaitActive(pod).getMetadata().getName();
    var name = pod.getMetadata().getName();

    await("the controller has counted the pod")
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(run(scene, "status"))
                    .isEqualTo(
                        new Run(
                            0,
                            """
                            Hallpass in namespace %s

                            Providers   1 ready
                            Requests    1 ready
                            Pods        1 with their credentials
                            Leases      1 Active
                            """
                                .formatted(scene.namespace()),
                            "")));
    assertThat(run(scene, "tree").out())
        .contains("└─ pod/%s  has its credentials".formatted(name))
        .contains("clease/" + lease);
    assertThat(run(scene, "leases").out()).contains(lease).contains("Active");
    assertThat(run(scene, "explain", "pod/" + name))
        .satisfies(
            explained -> {
              assertThat(explained.code()).isZero();
              assertThat(explained.out())
                  .startsWith("pod/%s has its credentials".formatted(name))
                  .contains("✓ Ready db of creq/db would be issued now, for 15m at a time")
                  .contains("✓ DryRun a copy of the pod would be created, with the agent for db");
            });
  }

  @Test
  void explainsWhatAPolicyAsksOfAPod(Scene scene) {
    try (var policies = new NamespacePolicies(scene.client(), scene.namespace())) {
      policies.apply("ticket", TICKET_NEEDED);
      scene.apply("reader.yaml");
      var waiting = scene.firstPod("reader");

      await("the broker has seen the pod and the policy")
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () -> {
                var explained = run(scene, "explain", "pod/" + waiting.getMetadata().getName());
                assertThat(explained.code()).isEqualTo(1);
                assertThat(explained.out())
                    .contains("✗ PolicyDenied db of creq/db: CredentialPolicy")
                    .contains("TicketMissing: label the pod with its ticket");
              });
    }
  }

  @Test
  void explainsWhatTheWebhookWouldSay(Scene scene) {
    var pod = scene.served("reader");
    scene.apply("broken-request.yaml");
    scene.label(pod, "app", "broken");

    await("the webhook has seen the request")
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(run(scene, "explain", "pod/" + pod.getMetadata().getName()).out())
                    .contains("✗ PodsNotInjected creq/broken selects the pod")
                    .contains("✗ AccessLevelUnknown db of creq/broken")
                    .contains("✗ DryRun a copy of the pod would be refused: admission webhook")
                    .contains("(AccessLevelUnknown)"));
  }

  @Test
  void revokesALeaseAndWaitsUntilItsAccountIsGone(Scene scene) {
    var pod = scene.served("reader");
    var lease = scene.awaitActive(pod).getMetadata().getName();
    var login = scene.login(pod);

    var revoked = run(scene, "revoke", "clease/" + lease);

    assertThat(revoked.out())
        .matches("clease/%1$s is to end\nclease/%1$s is (gone|revoked).*\n".formatted(lease));
    assertThat(revoked.err()).isEmpty();
    assertThat(revoked.code()).isZero();
    scene.assertGone(login);
  }

  @Test
  void blocksAPodUntilItIsAllowedAgain(Scene scene) {
    var pod = scene.served("reader");
    var name = "pod/" + pod.getMetadata().getName();
    var login = scene.login(pod);

    assertThat(run(scene, "revoke", name, "--block").code()).isZero();
    scene.assertGone(login);
    await("the broker has seen the block")
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> assertThat(run(scene, "explain", name).out()).contains("✗ RevocationAsked"));

    assertThat(run(scene, "revoke", name, "--unblock").code()).isZero();
    // The Event of before may still be told.
    await("the broker has seen that it is gone")
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(run(scene, "explain", name).out()).doesNotContain("✗ RevocationAsked"));
  }

  @Test
  void findsNothingWrongWithTheInstallation(Scene scene) {
    var checked = run(scene, "doctor");

    assertThat(checked.out())
        .contains("of this plugin's version")
        .contains("✓ hallpass-broker: ")
        .contains("✓ leader: hallpass-controller-")
        .contains("✓ webhook: its CA is trusted until")
        .contains("✓ serving certificate: valid until")
        .contains("✓ your rights: ")
        .contains("· break-glass: you may ");
  }

  @Test
  void saysItsVersionAndWhatMayFollow(Scene scene) {
    assertThat(run(scene, "--version").out()).startsWith("kubectl-hallpass 0.");
    assertThat(plugin.candidates("re")).isEqualTo("revoke\nreview\n:4\n");
    assertThat(run(scene, "status", "--nonsense").code()).isEqualTo(2);
  }

  private static Run run(Scene scene, String... arguments) {
    return plugin.run(scene.namespace(), arguments);
  }
}
