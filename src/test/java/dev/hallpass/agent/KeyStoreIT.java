package dev.hallpass.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.pki.Authority;
import dev.hallpass.pki.CertificateRequests;
import dev.hallpass.pki.Pem;
import dev.hallpass.pki.WorkloadCertificates;
import dev.hallpass.testing.TestAuthority;
import dev.hallpass.wire.IssueAnswer;
import dev.hallpass.wire.IssueAnswer.Form;
import dev.hallpass.wire.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The key store as those open it who read such files: keytool, OpenSSL, and TLS in Java. */
class KeyStoreIT {
  private static final String SPIFFE_ID = "spiffe://example.org/ns/shop/sa/orders";
  private static final String FILE = "keystore.p12";

  @TempDir private Path folder;
  private final TestAuthority authority = new TestAuthority();

  @AfterEach
  void close() {
    authority.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"EcdsaP256", "Ed25519", "Rsa3072"})
  void everybodyOpensItWithTheUsualPassword(String algorithm) throws Exception {
    deliver(algorithm, store());

    assertThat(run(keytool(), "-list", "-keystore", FILE, "-storepass", "changeit"))
        .contains("Your keystore contains 2 entries")
        .contains("PrivateKeyEntry")
        .contains("trustedCertEntry");
    assertThat(run("openssl", "pkcs12", "-in", FILE, "-passin", "pass:changeit", "-nodes"))
        .contains("BEGIN PRIVATE KEY")
        .contains("O = Hallpass")
        .contains("CN = test-ca");
    assertThat(peerOfMutualTls("changeit"))
        .contains(List.of(6, SPIFFE_ID), List.of(2, "localhost"));
  }

  @Test
  void aPasswordOfItsOwnIsBesideItAndTheUsualOneIsWrong() throws Exception {
    var files =
        deliver(
            "EcdsaP256",
            store(),
            new IssueAnswer.File("keystore.password", Secret.of(""), "0400", Form.StorePassword));

    var password = files.getLast().content().reveal();
    assertThat(files.getLast().form()).isEqualTo(Form.Text);
    assertThat(password).hasSize(43);
    assertThat(peerOfMutualTls(password)).contains(List.of(6, SPIFFE_ID));
    assertThat(run(keytool(), "-list", "-keystore", FILE, "-storepass", "changeit"))
        .contains("keystore password was incorrect");
    assertThat(run("openssl", "pkcs12", "-in", FILE, "-passin", "pass:changeit", "-nodes"))
        .contains("invalid password")
        .doesNotContain("PRIVATE KEY");
  }

  private static IssueAnswer.File store() {
    return new IssueAnswer.File(FILE, Secret.of(""), null, Form.KeyStore);
  }

  /** The files as they are written, with a certificate for the key that was just made. */
  private List<IssueAnswer.File> deliver(String algorithm, IssueAnswer.File... asked)
      throws IOException {
    var key = PodKey.generate(algorithm);
    var certificates = certificates(key) + authority.bundle();
    var files = new ArrayList<IssueAnswer.File>();
    for (var file : asked) {
      files.add(
          new IssueAnswer.File(file.path(), Secret.of(certificates), file.mode(), file.form()));
    }
    var completed = key.complete(files);
    Files.write(
        folder.resolve(FILE), Base64.getDecoder().decode(completed.getFirst().content().reveal()));
    return completed;
  }

  private String certificates(PodKey key) {
    var self = authority.self();
    return Pem.encode(
        List.of(
            WorkloadCertificates.sign(
                Authority.of(self.certificate(), Secret.of(self.key()), ""),
                new WorkloadCertificates.Profile(
                    BigInteger.TEN,
                    CertificateRequests.provenKey(key.request()),
                    SPIFFE_ID,
                    List.of("localhost"),
                    true,
                    true,
                    Instant.now(),
                    Instant.now().plus(Duration.ofMinutes(15))))));
  }

  /** Both sides use the store; what the server sees in the client's certificate. */
  private List<List<?>> peerOfMutualTls(String password) throws Exception {
    var context = context(password);
    try (var server =
            (SSLServerSocket)
                context
                    .getServerSocketFactory()
                    .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      server.setNeedClientAuth(true);
      var seen =
          threads.submit(
              () -> {
                try (var caller = (SSLSocket) server.accept()) {
                  var peer = (X509Certificate) caller.getSession().getPeerCertificates()[0];
                  caller.getOutputStream().write('!');
                  return List.copyOf(peer.getSubjectAlternativeNames());
                }
              });
      try (var client =
          (SSLSocket) context.getSocketFactory().createSocket("localhost", server.getLocalPort())) {
        var parameters = client.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        client.setSSLParameters(parameters);
        assertThat(client.getInputStream().read()).isEqualTo('!');
      }
      return seen.get();
    }
  }

  private SSLContext context(String password) throws GeneralSecurityException, IOException {
    var store = KeyStore.getInstance(folder.resolve(FILE).toFile(), password.toCharArray());
    var keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, password.toCharArray());
    var trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(store);
    var context = SSLContext.getInstance("TLSv1.3");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static String keytool() {
    return Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
  }

  private String run(String... command) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    try (InputStream said = process.getInputStream()) {
      var output = new String(said.readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
      return output;
    }
  }
}
