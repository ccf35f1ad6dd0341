import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * What the plugin asks of an API server when it explains a pod, for its training. Writes a
 * kubeconfig for itself into the folder.
 */
final class TrainingApi {
  private static final String META =
      "\"metadata\":{\"name\":\"%s\",\"namespace\":\"shop\",\"uid\":\"1\",\"generation\":1,"
          + "\"creationTimestamp\":\"2026-01-01T00:00:00Z\",\"labels\":{\"app\":\"orders\"}";

  private static final String POD =
      "{\"apiVersion\":\"v1\",\"kind\":\"Pod\","
          + META.formatted("orders")
          + "},"
          + "\"spec\":{\"serviceAccountName\":\"orders\",\"containers\":[{\"name\":\"app\",\"image\":\"app\"}]},"
          + "\"status\":{\"phase\":\"Pending\"}}";

  private static final String REQUEST =
      "{\"apiVersion\":\"hallpass.dev/v1alpha1\",\"kind\":\"CredentialRequest\","
          + META.formatted("db")
          + "},"
          + "\"spec\":{\"workload\":{\"serviceAccountName\":\"orders\",\"selector\":{\"matchLabels\":{\"app\":\"orders\"}}},"
          + "\"owner\":\"team\",\"purpose\":\"training\",\"credentials\":[{\"name\":\"db\",\"access\":\"reader\",\"ttl\":\"15m\","
          + "\"providerRef\":{\"kind\":\"CredentialProvider\",\"name\":\"pg\"},"
          + "\"delivery\":{\"mode\":\"Sidecar\",\"files\":[{\"path\":\"db.env\",\"format\":\"Env\"}]}}]},"
          + "\"status\":{\"pods\":1,\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\",\"reason\":\"Ready\",\"message\":\"m\"}]}}";

  private static final String LEASE =
      "{\"apiVersion\":\"hallpass.dev/v1alpha1\",\"kind\":\"CredentialLease\","
          + META.formatted("l")
          + "},"
          + "\"spec\":{\"requestRef\":{\"name\":\"db\",\"uid\":\"1\"},\"credential\":\"db\","
          + "\"pod\":{\"name\":\"orders\",\"uid\":\"1\",\"serviceAccountName\":\"orders\"},"
          + "\"providerRef\":{\"kind\":\"CredentialProvider\",\"name\":\"pg\"},\"access\":\"reader\",\"ttl\":\"15m\","
          + "\"maxLifetime\":\"24h\",\"mode\":\"Sidecar\",\"owner\":\"team\",\"purpose\":\"training\"},"
          + "\"status\":{\"phase\":\"Active\",\"expiresAt\":\"2026-01-01T00:15:00Z\"}}";

  private static final String PROVIDER =
      "{\"apiVersion\":\"hallpass.dev/v1alpha1\",\"kind\":\"CredentialProvider\","
          + META.formatted("pg")
          + "},"
          + "\"spec\":{\"access\":[{\"name\":\"reader\",\"maxTtl\":\"1h\",\"maxLifetime\":\"24h\"}]},"
          + "\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\",\"reason\":\"Ready\",\"message\":\"m\"}]}}";

  private static final String POLICY =
      "{\"apiVersion\":\"hallpass.dev/v1alpha1\",\"kind\":\"CredentialPolicy\","
          + META.formatted("p")
          + "},"
          + "\"spec\":{\"enforcement\":\"Enforce\",\"validations\":[{\"expression\":"
          + "\"'app' in pod.metadata.labels && ttl <= duration('1h')\",\"message\":\"m\",\"reason\":\"Denied\"}]}}";

  private static final Map<String, String> LISTS =
      Map.of(
          "credentialrequests", list("hallpass.dev/v1alpha1", "CredentialRequest", REQUEST),
          "credentialleases", list("hallpass.dev/v1alpha1", "CredentialLease", LEASE),
          "credentialproviders", list("hallpass.dev/v1alpha1", "CredentialProvider", PROVIDER),
          "clustercredentialproviders",
              list("hallpass.dev/v1alpha1", "ClusterCredentialProvider", ""),
          "credentialpolicies", list("hallpass.dev/v1alpha1", "CredentialPolicy", POLICY),
          "pods", list("v1", "Pod", POD),
          "events", list("v1", "Event", ""),
          "configmaps", list("v1", "ConfigMap", ""));

  private static final Map<String, String> OBJECTS =
      Map.of(
          "pods/orders",
          POD,
          "credentialproviders/pg",
          PROVIDER,
          "namespaces/shop",
          "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"shop\",\"labels\":{\"hallpass.dev/injection\":\"enabled\"}}}");

  private static String list(String version, String kind, String item) {
    return "{\"apiVersion\":\"%s\",\"kind\":\"%sList\",\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[%s]}"
        .formatted(version, kind, item);
  }

  public static void main(String[] args) throws Exception {
    var folder = Path.of(args[0]);
    var keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(folder.resolve("server.p12"))) {
      keys.load(in, "training".toCharArray());
    }
    var managers = KeyManagerFactory.getInstance("PKIX");
    managers.init(keys, "training".toCharArray());
    var tls = SSLContext.getInstance("TLS");
    tls.init(managers.getKeyManagers(), null, null);
    var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          var parts = exchange.getRequestURI().getPath().split("/");
          var last = parts[parts.length - 1];
          var answer =
              "POST".equals(exchange.getRequestMethod())
                  ? POD
                  : LISTS.getOrDefault(last, OBJECTS.get(parts[parts.length - 2] + "/" + last));
          var found = answer != null;
          var body =
              (found
                      ? answer
                      : "{\"apiVersion\":\"v1\",\"kind\":\"Status\",\"code\":404,\"reason\":\"NotFound\"}")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(found ? 200 : 404, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    var ca = keys.getCertificate("server").getEncoded();
    var pem =
        "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
            .formatted(
                Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.UTF_8))
                    .encodeToString(ca));
    var written = folder.resolve("kubeconfig.new");
    Files.writeString(
        written,
        """
        apiVersion: v1
        kind: Config
        current-context: training
        contexts: [{name: training, context: {cluster: training, user: training, namespace: shop}}]
        clusters: [{name: training, cluster: {server: "https://localhost:%d", certificate-authority-data: %s}}]
        users: [{name: training, user: {token: training}}]
        """
            .formatted(
                server.getAddress().getPort(),
                Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8))));
    Files.move(written, folder.resolve("kubeconfig"), StandardCopyOption.ATOMIC_MOVE);
  }

  private TrainingApi() {}
}
