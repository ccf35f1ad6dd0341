package dev.hallpass.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.pki.Pem;
import dev.hallpass.testing.TestAuthority;
import dev.hallpass.testing.TestAuthority.Certificate;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A server and a client that know nothing of Hallpass, and show each other what it delivers. */
@Order(2)
@ExtendWith(HallpassCluster.class)
class MutualTlsE2E {
  private static final String OWN = "/var/run/hallpass";
  private static final String STOLEN = "/loot";

  @Test
  void twoPodsKnowEachOtherUntilTheCertificateOfOneIsRevoked(Scene scene) {
    try (var authority = new TestAuthority()) {
      offer(scene, authority, "15m");
    }
    scene.apply("mtls-pods.yaml");
    var server = scene.awaitRunning("bills");
    var client = scene.awaitRunning("orders-tls");
    var stranger = scene.awaitRunning("stranger");
    var lease = scene.awaitActive(client);

    await("the server takes the list it was given")
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .untilAsserted(() -> useList(scene, server, OWN + "/ca.crl"));
    await("the server takes clients")
        .atMost(Duration.ofSeconds(60))
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
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(scene.complaint(stranger, psql(host(scene), STOLEN)))
                    .contains("certificate revoked"));
  }

  /**
   * As docs/providers/x509.md has it: the Secret changes three times, with a ttl in between. The
   * server takes up its files when it is signalled, the caller reads them at each call.
   */
  @Test
  void aCaIsReplacedUnderPodsThatCallEachOtherAllTheTime(Scene scene) {
    try (var old = new TestAuthority();
        var next = new TestAuthority("next-ca")) {
      offer(scene, old, "1m");
      scene.apply("mtls-caller.yaml");
      scene.awaitReady("caller-tls");
      scene.apply("mtls-pods.yaml");
      var server = scene.awaitRunning("bills");
      var stranger = scene.awaitRunning("stranger");
      var forged = old.server("DNS:orders");
      give(scene, stranger, forged, old.bundle());
      await("the server takes clients of the old CA, whoever has its key")
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptions()
          .untilAsserted(() -> assertThat(serial(scene, stranger, STOLEN)).isNotBlank());
      scene.apply("mtls-caller-pod.yaml", Map.of("NAMESPACE", scene.namespace()));
      var caller = scene.awaitRunning("caller");
      awaitCalls(scene, caller, 5);
      var pods = List.of(server, caller);

      authority(scene, old.self(), old.bundle() + next.bundle());
      awaitFiles("both CAs are trusted", () -> pods.stream().allMatch(p -> trust(scene, p) == 2));
      awaitCalls(scene, caller, 5);

      authority(scene, next.self(), old.bundle() + next.bundle());
      awaitFiles(
          "all certificates are the new CA's",
          () ->
              signed(scene, server, "tls.crt", next.bundle())
                  && signed(scene, caller, "tls.pem", next.bundle()));
      awaitCalls(scene, caller, 5);
      give(scene, stranger, forged, next.bundle());
      await("the server shows its new certificate, and still trusts the old CA")
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptions()
          .untilAsserted(() -> assertThat(serial(scene, stranger, STOLEN)).isNotBlank());

      authority(scene, next.self(), next.bundle());
      awaitFiles("the old CA is not", () -> pods.stream().allMatch(p -> trust(scene, p) == 1));
      await("the old CA's certificates are refused")
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () ->
                  assertThat(scene.complaint(stranger, psql(host(scene), STOLEN)))
                      .contains("unknown ca"));
      awaitCalls(scene, caller, 5);

      assertThat(scene.log(caller)).doesNotContain("failed").doesNotContain("session ended");
      assertThat(scene.leases()).as("nobody's lease ended").allMatch(l -> !LeaseJudge.over(l));
    }
  }

  private static void offer(Scene scene, TestAuthority authority, String ttl) {
    scene.apply(
        "mtls.yaml",
        Map.of(
            "CA_CERTIFICATE",
            base64(authority.self().certificate()),
            "CA_KEY",
            base64(authority.self().key()),
            "TTL",
            ttl,
            "NAMESPACE",
            scene.namespace()));
    scene.awaitReady("bills-tls");
    scene.awaitReady("orders-tls");
  }

  /** Whom the provider signs as from now on, and whom its pods are to trust. */
  private static void authority(Scene scene, Certificate signer, String trusted) {
    scene
        .client()
        .secrets()
        .inNamespace(scene.namespace())
        .withName("mesh-ca")
        .edit(
            s ->
                new SecretBuilder(s)
                    .addToData("tls.crt", base64(signer.certificate()))
                    .addToData("tls.key", base64(signer.key()))
                    .addToData("ca.crt", base64(trusted))
                    .build());
  }

  private static void give(Scene scene, Pod stranger, Certificate forged, String trusted) {
    scene.upload(stranger, STOLEN + "/tls.crt", forged.certificate());
    scene.upload(stranger, STOLEN + "/tls.key", forged.key());
    scene.upload(stranger, STOLEN + "/ca.crt", trusted);
    scene.exec(stranger, "chmod", "600", STOLEN + "/tls.key");
  }

  /** Files follow within two thirds of the ttl, which is a minute. */
  private static void awaitFiles(String what, Callable<Boolean> there) {
    await(what)
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofSeconds(1))
        .ignoreExceptions()
        .until(there);
  }

  /** So many calls more. */
  private static void awaitCalls(Scene scene, Pod caller, int count) {
    var before = calls(scene, caller);
    await("%d calls more".formatted(count))
        .atMost(Duration.ofSeconds(60))
        .until(() -> calls(scene, caller) >= before + count);
  }

  private static long calls(Scene scene, Pod caller) {
    return scene.log(caller).lines().filter("called"::equals).count();
  }

  /** How many CAs a pod has been told to trust. */
  private static int trust(Scene scene, Pod pod) {
    return Pem.certificates(scene.exec(pod, "cat", OWN + "/ca.crt")).size();
  }

  /** Whether a pod's certificate is of this CA. */
  private static boolean signed(Scene scene, Pod pod, String file, String authority) {
    var text = scene.exec(pod, "cat", OWN + "/" + file);
    var own = Pem.certificates(text.substring(text.indexOf("-----BEGIN CERTIFICATE"))).getFirst();
    var its = Pem.certificates(authority).getFirst();
    return own.getIssuerX500Principal().equals(its.getSubjectX500Principal());
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
