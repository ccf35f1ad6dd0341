package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  private static Config config(String context, String user) {
    var options = new ClusterOptions();
    options.context = context;
    options.user = user;
    return KubeconfigConnector.config(options);
  }
}
