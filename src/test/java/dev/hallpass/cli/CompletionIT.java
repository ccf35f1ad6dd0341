package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Names that come from a real API server, or do not. */
@ExtendWith(KubeApi.class)
class CompletionIT {
  private static final String NOTHING = ":4\n";

  private Cluster admin;
  private Cluster nobody;

  @BeforeEach
  void populate(KubeApi kube) {
    admin = new Cluster(kube.client(), kube.namespace());
    nobody = new Cluster(kube.client("nobody"), kube.namespace());
    var scene = new PluginScene(kube);
    scene.apply("it.yaml");
    scene.lease("orders-1-db", LeasePhase.Active);
    scene.lease("orders-1-waits", LeasePhase.AwaitingApproval);
    scene.lease("orders-1-ended", LeasePhase.Revoked);
  }

  @Test
  void namesObjectsOfTheNamespace() {
    assertThat(candidates(admin, "explain", "pod/")).isEqualTo("pod/orders-1\npod/stranger\n:4\n");
    assertThat(candidates(admin, "break-glass", "")).isEqualTo("creq/orders-db\n:4\n");
    assertThat(candidates(admin, "break-glass", "creq/orders-db", "--credential", ""))
        .isEqualTo("db\n:4\n");
    assertThat(candidates(admin, "revoke", "cprov/")).isEqualTo("cprov/orders-postgres\n:4\n");
    assertThat(candidates(admin, "leases", "--pod=or")).isEqualTo("--pod=orders-1\n:4\n");
    assertThat(candidates(admin, "status", "-n", admin.namespace()))
        .isEqualTo(admin.namespace() + "\n:4\n");
    assertThat(candidates(admin, "-n", "elsewhere", "explain", "pod/")).isEqualTo(NOTHING);
  }

  @Test
  void namesTheLeasesThatTheCommandIsFor() {
    assertThat(candidates(admin, "revoke", "clease/"))
        .isEqualTo("clease/orders-1-db\nclease/orders-1-waits\n:4\n");
    assertThat(candidates(admin, "revoke", "clease/orders-1-db", "clease/"))
        .as("not again what is there already")
        .isEqualTo("clease/orders-1-waits\n:4\n");
    assertThat(candidates(admin, "approve", "")).isEqualTo("orders-1-waits\n:4\n");
    assertThat(candidates(admin, "deny", "x")).isEqualTo(NOTHING);
  }

  @Test
  void isSilentWhereNothingMayBeSeen() {
    assertThat(candidates(nobody, "approve", "")).isEqualTo(NOTHING);
    assertThat(candidates(nobody, "explain", "pod/")).isEqualTo(NOTHING);
  }

  @Test
  void isSilentAndSoonDoneWhereNobodyAnswers() throws IOException {
    try (var mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var config =
          new ConfigBuilder(admin.client().getConfiguration())
              .withMasterUrl("https://127.0.0.1:" + mute.getLocalPort())
              .build();
      var away = new Cluster(new KubernetesClientBuilder().withConfig(config).build(), "default");
      var began = Instant.now();

      assertThat(candidates(away, "approve", "")).isEqualTo(NOTHING);
      assertThat(Duration.between(began, Instant.now())).isLessThan(Duration.ofSeconds(25));
    }
  }

  private static String candidates(Cluster cluster, String... words) {
    var arguments = new String[words.length + 1];
    arguments[0] = CandidatesCommand.NAME;
    System.arraycopy(words, 0, arguments, 1, words.length);
    var run = Run.of(cluster, arguments);
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    return run.out();
  }
}
