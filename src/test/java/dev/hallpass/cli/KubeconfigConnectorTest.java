package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.testing.TestAuthority;
import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Base64;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.util.io.pem.PemObject;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose credentials go where, with a kubeconfig that is found and not given. */
class KubeconfigConnectorTest {
  /** Fabric8's name for what KUBECONFIG is in the environment. */
  private static final String FOUND = Config.KUBERNETES_KUBECONFIG_FILE;

  @TempDir Path folder;

  @BeforeEach
  void find() throws IOException {
    var file =
        Files.writeString(
            folder.resolve("kubeconfig"),
            """
            apiVersion: v1
            kind: Config
            current-context: home
            contexts:
            - {name: home, context: {cluster: home, user: ada, namespace: shop}}
            - {name: away, context: {cluster: away, user: nobody}}
            clusters:
            - {name: home, cluster: {server: "https://home.example", insecure-skip-tls-verify: true}}
            - {name: away, cluster: {server: "https://away.example"}}
            users:
            - {name: ada, user: {token: ada-token, client-certificate-data: Y2VydA==, client-key-data: a2V5}}
            - {name: nobody, user: {}}
            """);
    System.setProperty(FOUND, file.toString());
  }

  @AfterEach
  void forget() {
    System.clearProperty(FOUND);
  }

  @Test
  void anotherContextIsReachedWithNothingOfTheCurrentOne() {
    var read = config("away", null);

    assertThat(read.getMasterUrl()).startsWith("https://away.example");
    assertThat(read.getOauthToken()).isNull();
    assertThat(read.getAutoOAuthToken()).isNull();
    assertThat(read.getClientCertData()).isNull();
    assertThat(read.getClientKeyData()).isNull();
    assertThat(read.isTrustCerts()).isFalse();
    assertThat(config("away", "grace").getClientCertData()).isNull();
  }

  @Test
  void theCurrentContextIsThatOfTheFile() {
    var read = config(null, null);

    assertThat(read.getMasterUrl()).startsWith("https://home.example");
    assertThat(read.getNamespace()).isEqualTo("shop");
    assertThat(read.getAutoOAuthToken()).isEqualTo("ada-token");
  }

  /** However the key of a curve is written: PKCS#8 says which kind it is inside alone. */
  @ParameterizedTest
  @CsvSource({"EC, true", "RSA, true", "RSA, false"})
  void aUserWithAKeyOfAnyKindIsConnected(String algorithm, boolean pkcs8) throws Exception {
    var generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(algorithm.equals("EC") ? 256 : 2048);
    var key = generator.generateKeyPair();
    write(
        pem(
            pkcs8
                ? new PemObject("PRIVATE KEY", key.getPrivate().getEncoded())
                : key.getPrivate()));

    try (var client = new KubeconfigConnector().connect(options(null, null)).client()) {
      assertThat(client.getNamespace()).isEqualTo("shop");
    }
  }

  @Test
  void aKeyThatIsNoneIsLeftToTheClient() throws IOException {
    write("-----BEGIN PRIVATE KEY-----\n%\n-----END PRIVATE KEY-----\n");

    assertThat(config(null, null).getClientKeyAlgo()).isEqualTo("RSA");
  }

  /** The current user's, with a certificate; whose that is nobody asks before the server does. */
  private void write(String key) throws IOException {
    try (var authority = new TestAuthority()) {
      Files.writeString(
          folder.resolve("kubeconfig"),
          """
          apiVersion: v1
          kind: Config
          current-context: home
          contexts: [{name: home, context: {cluster: home, user: ada, namespace: shop}}]
          clusters: [{name: home, cluster: {server: "https://home.example"}}]
          users: [{name: ada, user: {client-certificate-data: %s, client-key-data: %s}}]
          """
              .formatted(base64(authority.self().certificate()), base64(key)));
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String pem(Object content) throws IOException {
    var text = new StringWriter();
    try (var writer = new JcaPEMWriter(text)) {
      writer.writeObject(content);
    }
    return text.toString();
  }

  private static Config config(@Nullable String context, @Nullable String user) {
    return KubeconfigConnector.config(options(context, user));
  }

  private static ClusterOptions options(@Nullable String context, @Nullable String user) {
    var options = new ClusterOptions();
    options.context = context;
    options.user = user;
    return options;
  }
}
