package dev.hallpass.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hallpass.testing.TestAuthority;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Programs that know nothing of Hallpass, with the files that it delivers. */
@ExtendWith(HallpassCluster.class)
class ConsumersE2E {

  @Test
  void psqlVerifiesTheServerAndReadsATable(Scene scene) throws IOException {
    var host = "postgres-tls.%s.svc".formatted(scene.namespace());
    startPostgres(scene, host);
    scene.awaitReady("psql");
    scene.apply("psql-pod.yaml");
    var pod = scene.awaitRunning("psql");

    var user = scene.awaitActive(pod).getStatus().subject();

    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(scene.log(pod).lines())
                    .first()
                    .asString()
                    .isEqualTo(user + " 42 TLSv1.3"));
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> assertThat(scene.log(pod)).contains("does not match host name \"postgres-tls\""));
    assertThat(scene.exec(pod, "stat", "-c", "%a %u", "/var/run/hallpass/pgpass").strip())
        .isEqualTo("400 1000");
    scene.client().pods().resource(pod).withGracePeriod(0).delete();
    // Before the server goes with its namespace.
    scene.awaitRevoked(pod, Duration.ofSeconds(60));
  }

  /** A server of its own for the scene, whose certificate is of a CA that nobody else knows. */
  private static void startPostgres(Scene scene, String host) throws IOException {
    try (var authority = new TestAuthority()) {
      var certificate = authority.server("DNS:" + host);
      scene.apply(
          "postgres-tls.yaml",
          Map.of(
              "SERVER_CERTIFICATE",
              base64(certificate.certificate()),
              "SERVER_KEY",
              base64(certificate.key())));
      var server = scene.awaitRunning("postgres-tls");
      await("the server takes SQL")
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptions()
          .until(() -> scene.exec(server, "psql", "-U", "postgres", "-c", "SELECT 1") != null);
      scene.exec(
          server,
          "psql",
          "-qU",
          "postgres",
          "-v",
          "ON_ERROR_STOP=1",
          "-c",
          Database.preparation(scene.database().adminPassword()));
      scene.apply(
          "psql.yaml",
          Map.of(
              "SERVER_HOST",
              host,
              "AUTHORITY",
              new ObjectMapper().writeValueAsString(authority.bundle())));
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void appsHearOfEachNewAccountByHttpAndBySignal(Scene scene) {
    scene.apply("told.yaml");
    scene.awaitReady("told");
    scene.apply("told-pod.yaml");
    var pod = scene.awaitRunning("told");

    await("the app was told of both new accounts, with their files in place")
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(
            () -> {
              var told = scene.log(pod).lines().toList();
              assertThat(successors(scene, "POST", "by-http")).anyMatch(told::contains);
              assertThat(successors(scene, "SIGHUP", "by-signal")).anyMatch(told::contains);
            });
    assertThat(log(scene, pod, "bystander")).isEmpty();
    assertThat(log(scene, pod, "hallpass-agent"))
        .doesNotContain("WARNING")
        .doesNotContain("NotificationFailed");
    assertThat(restarts(scene, pod)).isZero();
  }

  /** The line with which the app repeats each account that took over from another. */
  private static List<String> successors(Scene scene, String how, String credential) {
    return scene.leases().stream()
        .filter(l -> l.getSpec().credential().equals(credential))
        .filter(l -> l.getSpec().replaces() != null && l.getStatus() != null)
        .map(l -> how + " " + l.getStatus().subject())
        .toList();
  }

  private static String log(Scene scene, Pod pod, String container) {
    return scene.client().pods().resource(pod).inContainer(container).getLog();
  }

  private static int restarts(Scene scene, Pod pod) {
    var status = scene.client().pods().resource(pod).get().getStatus();
    return status.getInitContainerStatuses().stream().mapToInt(s -> s.getRestartCount()).sum()
        + status.getContainerStatuses().stream().mapToInt(s -> s.getRestartCount()).sum();
  }

  @Test
  void kubectlActsAsAServiceAccountUntilItsLeaseIsRevoked(Scene scene) {
    try (var samples = Samples.apply(scene, "shop/namespace.yaml", "ci-deployer/provider.yaml")) {
      samples.apply(
          "../providers/kubernetes/guard.yaml",
          "../providers/kubernetes/rights.yaml",
          "ci-deployer/request.yaml");
      var ci = scene.in("ci");
      ci.awaitReady("deploy");
      ci.apply("pipeline-pod.yaml");
      var pod = ci.awaitRunning("pipeline");
      var lease = ci.awaitActive(pod);
      var kubectl = ci.uploadKubectl(pod);

      assertThat(
              ci.exec(pod, kubectl, "auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"))
          .isEqualTo("system:serviceaccount:deployers:ci-deployer");
      assertThat(
              ci.exec(pod, kubectl, "-n", "shop", "get", "deployments", "-o", "jsonpath={.kind}"))
          .isEqualTo("List");
      assertThat(ci.complaint(pod, kubectl, "-n", "shop", "get", "secrets")).contains("Forbidden");

      ci.revoke("deploy");
      ci.awaitRevoked(pod, Duration.ofSeconds(60));
      await("the API server has forgotten that the token was good")
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () ->
                  assertThat(ci.complaint(pod, kubectl, "-n", "shop", "get", "deployments"))
                      .contains("You must be logged in to the server"));
      assertThat(ci.leases())
          .extracting(l -> l.getMetadata().getName())
          .containsExactly(lease.getMetadata().getName());
    }
  }
}
