package dev.hallpass.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.testing.TestAuthority;
import io.fabric8.kubernetes.api.model.Pod;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A server and a client that know nothing of Hallpass, and show each other what it delivers. */
@ExtendWith(HallpassCluster.class)
class MutualTlsE2E {
  private static final String OWN = "/var/run/hallpass";
  private static final String STOLEN = "/loot";

  @Test
  void twoPodsKnowEachOtherUntilTheCertificateOfOneIsRevoked(Scene scene) {
    try (var authority = new TestAuthority()) {
      scene.apply(
          "mtls.yaml",
          Map.of(
              "CA_CERTIFICATE",
              base64(authority.self().certificate()),
              "CA_KEY",
              base64(authority.self().key()),
              "NAMESPACE",
              scene.namespace()));
    }
    scene.awaitReady("bills-tls");
    scene.awaitReady("orders-tls");
    scene.apply("mtls-pods.yaml");
    var server = scene.awaitRunning("bills");
    var client = scene.awaitRunning("orders-tls");
    var stranger = scene.awaitRunning("stranger");
    var lease = scene.awaitActive(client);

    await("the server takes the list it was given")
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .untilAsserted(() -> useList(scene, server, OWN + "/ca.crl"));
    await("the server takes clients")
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(serial(scene, client, OWN)).isNotBlank());
    assertThat(new BigInteger(serial(scene, client, OWN)).toString(16))
        .contains(lease.getMetadata().getUid().replace("-", "").substring(4));
    assertThat(scene.complaint(client, psql("bills", OWN)))
        .contains("does not match host name \"bills\"");
    assertThat(
            scene.complaint(
                stranger,
                "psql",
                "host=%s user=postgres sslmode=require".formatted(host(scene)),
                "-c",
                "SELECT 1"))
        .contains("connection requires a valid client certificate");

    // The worst that can be lost: key and certificate, copied out of the pod.
    for (var file : new String[] {"tls.crt", "tls.key", "ca.crt"}) {
      scene.upload(stranger, STOLEN + "/" + file, scene.exec(client, "cat", OWN + "/" + file));
    }
    scene.exec(stranger, "chmod", "600", STOLEN + "/tls.key");
    assertThat(serial(scene, stranger, STOLEN)).isNotBlank();

    scene.client().pods().resource(client).withGracePeriod(0).delete();
    assertThat(scene.awaitRevoked(client, Duration.ofSeconds(60)).getStatus().endedBy())
        .isEqualTo(EndedBy.PodDeleted);
    takeUpTheList(scene, server);

    await("the certificate is refused")
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(scene.complaint(stranger, psql(host(scene), STOLEN)))
                    .contains("certificate revoked"));
  }

  /** As whoever runs a server that looks at the list does. */
  private static void takeUpTheList(Scene scene, Pod server) {
    var list =
        scene
            .client()
            .configMaps()
            .inNamespace(Scene.SYSTEM_NAMESPACE)
            .withLabel("app.kubernetes.io/managed-by", "hallpass")
            .list()
            .getItems()
            .stream()
            .filter(m -> m.getMetadata().getAnnotations().containsValue(id(scene)))
            .findFirst()
            .orElseThrow()
            .getData()
            .get("ca.crl");
    var file = "/var/lib/postgresql/ca.crl";
    scene.upload(server, file, list);
    useList(scene, server, file);
  }

  private static void useList(Scene scene, Pod server, String file) {
    scene.exec(
        server,
        "psql",
        "-qU",
        "postgres",
        "-c",
        "ALTER SYSTEM SET ssl_crl_file = '" + file + "'",
        "-c",
        "SELECT pg_reload_conf()");
  }

  private static String id(Scene scene) {
    return "CredentialProvider/%s/mesh".formatted(scene.namespace());
  }

  /** The serial number of the certificate that the server was shown. */
  private static String serial(Scene scene, Pod client, String folder) {
    return scene.exec(client, psql(host(scene), folder)).strip();
  }

  private static String host(Scene scene) {
    return "bills.%s.svc".formatted(scene.namespace());
  }

  private static String[] psql(String host, String folder) {
    return new String[] {
      "psql",
      "host=%s user=postgres dbname=postgres sslmode=verify-full sslrootcert=%s/ca.crt sslcert=%s/tls.crt sslkey=%s/tls.key"
          .formatted(host, folder, folder, folder),
      "-Atc",
      "SELECT client_serial FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    };
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }
}
