package dev.hallpass.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.pki.Identity;
import dev.hallpass.pki.Pem;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.ServerProcess;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The chart's Certificate, and the real cert-manager. Its controller comes from no registry of
 * modules: whoever has built one names the folder with it, and with {@code crds/}, in the variable.
 */
@ExtendWith(KubeApi.class)
@EnabledIfEnvironmentVariable(named = CertManagerIT.FOLDER, matches = ".+")
class CertManagerIT {
  static final String FOLDER = "HALLPASS_CERT_MANAGER";
  private static final CertificateSource SOURCE = CertificateSource.CERT_MANAGER;

  private static final String ISSUERS =
      """
      apiVersion: cert-manager.io/v1
      kind: Issuer
      metadata: {name: self}
      spec: {selfSigned: {}}
      ---
      apiVersion: cert-manager.io/v1
      kind: Certificate
      metadata: {name: platform-ca}
      spec:
        isCA: true
        commonName: platform
        secretName: platform-ca
        privateKey: {algorithm: ECDSA, size: 256}
        issuerRef: {name: self}
      ---
      apiVersion: cert-manager.io/v1
      kind: Issuer
      metadata: {name: platform-ca}
      spec: {ca: {secretName: platform-ca}}
      """;

  @TempDir private Path folder;

  @Test
  void whatItIssuesIsServedAndSoIsWhatFollows(KubeApi api) throws Exception {
    var own = Path.of(System.getenv(FOLDER));
    try (var crds = Files.list(own.resolve("crds"))) {
      for (var crd : crds.filter(f -> f.toString().endsWith(".yaml")).toList()) {
        apply(api.client(), null, Files.readString(crd));
      }
    }
    var served = new LinkedBlockingQueue<Identity>();
    // The one of all tests has read which kinds there are.
    try (var client =
            new KubernetesClientBuilder().withConfig(api.client().getConfiguration()).build();
        var certManager = start(own, client);
        var certificate =
            new ServingCertificate(client, api.namespace(), SOURCE, "", served::add)) {
      certificate.start();
      await().untilAsserted(() -> assertThat(client.getApiGroup("cert-manager.io")).isNotNull());
      apply(client, api.namespace(), ISSUERS);
      apply(client, api.namespace(), chartsCertificate(api.namespace()));

      certManager.await(Duration.ofSeconds(60), () -> !served.isEmpty());
      var first = served.remove();
      assertThat(first.certificate().getSubjectAlternativeNames())
          .containsExactly(List.of(2, "hallpass-broker.%s.svc".formatted(api.namespace())));
      var trusted = Pem.certificates(certificate.trustBundle());
      assertThat(trusted).hasSize(1);
      first.certificate().verify(trusted.getFirst().getPublicKey());

      client.secrets().inNamespace(api.namespace()).withName(SOURCE.secret()).delete();

      var next = served.poll(60, TimeUnit.SECONDS);
      assertThat(next.certificate().getSerialNumber())
          .isNotEqualTo(first.certificate().getSerialNumber());
      assertThat(next.key()).isNotEqualTo(first.key());
      assertThat(Pem.certificates(certificate.trustBundle())).isEqualTo(trusted);
    }
  }

  private ServerProcess start(Path own, KubernetesClient client) throws IOException {
    var config = client.getConfiguration();
    var kubeconfig =
        Files.writeString(
            folder.resolve("kubeconfig"),
            """
            apiVersion: v1
            kind: Config
            clusters: [{name: it, cluster: {server: "%s", insecure-skip-tls-verify: true}}]
            users: [{name: it, user: {token: %s}}]
            contexts: [{name: it, context: {cluster: it, user: it}}]
            current-context: it
            """
                .formatted(config.getMasterUrl(), config.getOauthToken()));
    return ServerProcess.start(
        Files.createDirectories(Path.of("target")).resolve("cert-manager.log"),
        List.of(
            own.resolve("controller").toString(),
            "--kubeconfig=" + kubeconfig,
            "--leader-elect=false",
            "--metrics-listen-address=127.0.0.1:" + ServerProcess.freePort()));
  }

  private static String chartsCertificate(String namespace) {
    var bin = Path.of(ServerProcess.output("hack/cluster", "bin").strip());
    return ServerProcess.output(
        bin.resolve("helm").toString(),
        "template",
        "hallpass",
        "helm/hallpass",
        "--namespace=" + namespace,
        "--set=certificates.source=cert-manager,certificates.issuerRef.name=platform-ca",
        "--show-only=templates/certificate.yaml");
  }

  private static void apply(KubernetesClient client, String namespace, String manifests) {
    var read = client.load(new ByteArrayInputStream(manifests.getBytes(StandardCharsets.UTF_8)));
    (namespace == null ? read : read.inNamespace(namespace)).serverSideApply();
  }
}
