package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hallpass.testing.Installed;
import dev.hallpass.testing.ServerProcess;
import dev.hallpass.testing.TestAuthority;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    System.clearProperty(KubeconfigConnector.NOBODY);
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
  void withoutAKubeconfigItSaysWhereItLooked() {
    var missing = folder.resolve("missing");
    System.setProperty(FOUND, missing.toString());

    assertThatThrownBy(() -> config(null, null))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("there is no kubeconfig with a cluster in it at " + missing);
  }

  @Test
  void theCurrentContextIsThatOfTheFile() {
    var read = config(null, null);

    assertThat(read.getMasterUrl()).startsWith("https://home.example");
    assertThat(read.getNamespace()).isEqualTo("shop");
    assertThat(read.getAutoOAuthToken()).isEqualTo("ada-token");
  }

  /** Also where Java itself trusts others: each of them could pose as the API server. */
  @Test
  void theAuthorityThatIsNamedIsTrustedAndNoOther() throws Exception {
    try (var authority = new TestAuthority()) {
      writeCluster("certificate-authority-data: " + base64(authority.bundle()));
    }
    System.setProperty(KubeconfigConnector.NOBODY, nobody().toString());

    assertThat(trusted(config(null, null)))
        .extracting(c -> c.getSubjectX500Principal().getName())
        .containsExactly("CN=test-ca");
  }

  @Test
  void whereNoneIsNamedThoseOfJavaAreTrusted() throws Exception {
    writeCluster("tls-server-name: home.example");
    System.setProperty(KubeconfigConnector.NOBODY, nobody().toString());

    assertThat(trusted(config(null, null))).hasSizeGreaterThan(1);
  }

  /** However the key is written: some forms say inside alone which kind of key it is. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "genpkey -algorithm RSA",
        "genrsa -traditional 2048",
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256",
        "ecparam -name prime256v1 -genkey -noout",
        "ecparam -name prime256v1 -genkey",
        "ecparam -name secp384r1 -genkey",
        "ecparam -name secp521r1 -genkey",
        "ec -no_public -in {ecparam -name prime256v1 -genkey -noout}",
        "ec -no_public -in {ecparam -name secp521r1 -genkey -noout}",
      })
  void aUserWithAKeyOfAnyFormIsConnected(String form) throws IOException {
    write(key(form));

    try (var client = new KubeconfigConnector().connect(options(null, null)).client()) {
      assertThat(client.getNamespace()).isEqualTo("shop");
    }
  }

  /** What is read is the key that was written. */
  @ParameterizedTest
  @ValueSource(strings = {"prime256v1", "secp384r1", "secp521r1"})
  void aKeyOfACurveStaysThatKey(String curve) throws Exception {
    var sec1 = key("ecparam -name %s -genkey".formatted(curve));
    write(sec1);

    var read = config(null, null);

    var der =
        ServerProcess.output(
            "sh", "-c", "echo '%s' | openssl pkcs8 -topk8 -nocrypt".formatted(sec1));
    assertThat(((ECPrivateKey) privateKey(decoded(read.getClientKeyData()))).getS())
        .isEqualTo(((ECPrivateKey) privateKey(der)).getS());
    assertThat(read.getClientKeyAlgo()).isEqualTo("EC");
  }

  @ParameterizedTest
  @CsvSource({
    "genpkey -algorithm ED25519, 'is an Ed25519 or Ed448 key, which the Kubernetes client of the plugin does not read'",
    "'ecparam -name prime256v1 -param_enc explicit -genkey', is an EC PRIVATE KEY of no curve that Java knows by name",
  })
  void aKeyThatTheClientDoesNotReadIsNamed(String form, String said) throws IOException {
    write(key(form));

    assertThatThrownBy(() -> config(null, null))
        .isInstanceOfSatisfying(Failure.class, f -> assertThat(f.code()).isEqualTo(ExitCode.USAGE))
        .hasMessage(
            "the client key of context home %s: use a key of the curve P-256, or of RSA"
                .formatted(said));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "MA==", "MIIB", "MAMCAQE=", "MIT/////"})
  void aKeyThatIsCutShortIsNamedToo(String content) throws IOException {
    write("-----BEGIN EC PRIVATE KEY-----\n%s\n-----END EC PRIVATE KEY-----\n".formatted(content));

    assertThatThrownBy(() -> config(null, null))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("is an EC PRIVATE KEY of no curve");
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

  private void writeCluster(String authority) throws IOException {
    Files.writeString(
        folder.resolve("kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        current-context: home
        contexts: [{name: home, context: {cluster: home, user: ada, namespace: shop}}]
        clusters: [{name: home, cluster: {server: "https://home.example", %s}}]
        users: [{name: ada, user: {token: ada-token}}]
        """
            .formatted(authority));
  }

  private Path nobody() throws IOException, GeneralSecurityException {
    var store = KeyStore.getInstance("JKS");
    store.load(null, null);
    var file = folder.resolve("nobody.jks");
    try (var out = Files.newOutputStream(file)) {
      store.store(out, "changeit".toCharArray());
    }
    return file;
  }

  private static List<X509Certificate> trusted(Config config) throws Exception {
    var manager = (X509TrustManager) SSLUtils.trustManagers(config)[0];
    return List.of(manager.getAcceptedIssuers());
  }

  /** What openssl prints; of what stands in braces a file is made first. */
  private String key(String form) {
    Installed.orSkip("openssl");
    var inner = folder.resolve("inner.pem");
    var braces = Pattern.compile("[{](.*)[}]").matcher(form);
    var made = braces.find() ? "openssl %s >%s && ".formatted(braces.group(1), inner) : "";
    return ServerProcess.output(
        "sh", "-c", made + "openssl " + form.replaceAll("[{].*[}]", inner.toString()));
  }

  private static String decoded(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.US_ASCII);
  }

  private static PrivateKey privateKey(String pem) throws GeneralSecurityException {
    var encoded = Base64.getMimeDecoder().decode(pem.replaceAll("-----.*-----", ""));
    return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(encoded));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
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
