package dev.hallpass.bench;

import dev.hallpass.api.v1alpha1.Delivery.Format;
import dev.hallpass.broker.BrokerScene;
import dev.hallpass.pki.Authority;
import dev.hallpass.pki.CertificateRequests;
import dev.hallpass.pki.WorkloadCertificates;
import dev.hallpass.provider.x509.X509Driver;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.PostgresServer;
import dev.hallpass.testing.TestAuthority;
import dev.hallpass.wire.Secret;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Certificates for P-256 keys of the workloads. The full path is as with PostgreSQL: token, pod,
 * decision, a lease that is written twice, acknowledgement. Baseline is what cannot be left out:
 * the request's signature verified and the certificate signed, on as many threads as there are
 * CPUs. The workloads' keys are made beforehand.
 */
@ExtendWith({KubeApi.class, PostgresServer.class})
class CertificateIssueBench {
  private static final int WORKERS = 10;
  private static final int KEYS = 32;
  private static final int ROUNDS = 3;
  private static final int MOST_PER_SECOND = 200;
  private static final Duration WARM_UP = Duration.ofSeconds(8);
  private static final Duration ROUND =
      Duration.ofSeconds(Math.ceilDiv(Integer.getInteger("hallpass.bench.seconds", 60), ROUNDS));

  @Test
  void issuesPerSecond(KubeApi kube, PostgresServer.Instance postgres) {
    var requests = Stream.generate(CertificateIssueBench::request).limit(KEYS).toList();
    try (var ca = new TestAuthority();
        var driver = new X509Driver(kube.client(), kube.namespace(), Clock.systemUTC())) {
      var scene = new BrokerScene(kube, postgres, driver);
      scene.certificateProvider("mesh", ca.self());
      try {
        measure(scene, requests, signing(ca.self(), requests));
      } finally {
        scene.stop();
      }
    }
  }

  private static void measure(BrokerScene scene, List<String> requests, Load signing) {
    var tickets = new Tickets(scene, "mesh", "service", Format.Pem);
    var caller = new Caller(scene);
    var load = new Load(() -> caller.issue(tickets.next(), any(requests)));
    var threads = Runtime.getRuntime().availableProcessors();
    prepare(tickets, WARM_UP);
    load.workers(WORKERS, WARM_UP);
    signing.workers(threads, WARM_UP);
    caller.turnedAway();

    var full = round(tickets, load);
    var signed = Measured.of(signing, threads, ROUND);
    for (var round = 1; round < ROUNDS; round++) {
      full = full.and(round(tickets, load));
      signed = signed.and(Measured.of(signing, threads, ROUND));
    }

    Figures.add(
        "X.509 issue, P-256, full path, 10 workers",
        Figures.rate(full.sample()),
        "verified and signed alone: " + Figures.rate(signed.sample()),
        Figures.share(full.sample(), signed.sample()) + " of that",
        "≥ 500/s");
    Figures.add(
        "CPU time of one such issue",
        full.cpuEach(),
        "verified and signed alone: " + signed.cpuEach(),
        "",
        "");
  }

  private static Measured round(Tickets tickets, Load load) {
    prepare(tickets, ROUND);
    return Measured.of(load, WORKERS, ROUND);
  }

  private static void prepare(Tickets tickets, Duration duration) {
    tickets.prepare((int) duration.toSeconds() * MOST_PER_SECOND);
  }

  private static Load signing(TestAuthority.Certificate ca, List<String> requests) {
    var authority = Authority.of(ca.certificate(), Secret.of(ca.key()), "");
    var serial = new AtomicLong();
    return new Load(
        () ->
            WorkloadCertificates.sign(
                authority,
                new WorkloadCertificates.Profile(
                    BigInteger.valueOf(serial.incrementAndGet()),
                    CertificateRequests.provenKey(any(requests)),
                    "spiffe://shop.example.org/ns/shop/sa/orders",
                    List.of(),
                    true,
                    true,
                    Instant.now(),
                    Instant.now().plusSeconds(900))));
  }

  private static String any(List<String> requests) {
    return requests.get(ThreadLocalRandom.current().nextInt(requests.size()));
  }

  private static String request() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      var pair = generator.generateKeyPair();
      var text = new StringWriter();
      try (var pem = new JcaPEMWriter(text)) {
        pem.writeObject(
            new JcaPKCS10CertificationRequestBuilder(new X500Principal(""), pair.getPublic())
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
      }
      return text.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("no request", e);
    }
  }
}
