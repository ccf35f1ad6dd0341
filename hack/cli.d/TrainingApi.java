import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PfxOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

/**
 * What the plugin asks of an API server, for its training: over HTTP/2, as a real one answers.
 * Writes a kubeconfig for itself into the folder.
 */
final class TrainingApi {
  /** What PKCS#8 puts before an RSA key of 2048 bits (RFC 5208), which PKCS#1 has not. */
  private static final int PKCS8_HEADER = 26;

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

  private static final String GLASS =
      "{\"apiVersion\":\"hallpass.dev/v1alpha1\",\"kind\":\"BreakGlass\","
          + META.formatted("g")
          + "},"
          + "\"spec\":{\"requestRef\":{\"name\":\"db\"},\"credential\":\"db\",\"justification\":\"training\","
          + "\"incident\":\"none\",\"duration\":\"30m\",\"openedBy\":{\"username\":\"training\"}},"
          + "\"status\":{\"phase\":\"Ended\",\"endsAt\":\"2026-01-01T00:15:00Z\",\"unreviewedSince\":\"2026-01-01T00:15:00Z\"}}";

  private static final String POLICY =
      "{\"apiVersion\":\"hallpass.dev/v1alpha1\",\"kind\":\"CredentialPolicy\","
          + META.formatted("p")
          + "},"
          + "\"spec\":{\"enforcement\":\"Enforce\",\"validations\":[{\"expression\":"
          + "\"'app' in pod.metadata.labels && ttl <= duration('1h')\",\"message\":\"m\",\"reason\":\"Denied\"}]}}";

  private static final String MAY =
      "{\"apiVersion\":\"authorization.k8s.io/v1\",\"kind\":\"SelfSubjectAccessReview\",\"spec\":{},\"status\":{\"allowed\":true}}";

  private static final String NOTHING =
      "{\"apiVersion\":\"v1\",\"kind\":\"Status\",\"code\":404,\"reason\":\"NotFound\"}";

  private static final Map<String, String> LISTS =
      Map.of(
          "credentialrequests", list("hallpass.dev/v1alpha1", "CredentialRequest", REQUEST),
          "credentialleases", list("hallpass.dev/v1alpha1", "CredentialLease", LEASE),
          "credentialproviders", list("hallpass.dev/v1alpha1", "CredentialProvider", PROVIDER),
          "clustercredentialproviders",
              list("hallpass.dev/v1alpha1", "ClusterCredentialProvider", ""),
          "credentialpolicies", list("hallpass.dev/v1alpha1", "CredentialPolicy", POLICY),
          "breakglasses", list("hallpass.dev/v1alpha1", "BreakGlass", GLASS),
          "pods", list("v1", "Pod", POD),
          "events", list("v1", "Event", ""),
          "configmaps", list("v1", "ConfigMap", ""));

  private static final Map<String, String> OBJECTS =
      Map.of(
          "pods/orders",
          POD,
          "credentialrequests/db",
          REQUEST,
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
    var keys =
        new PfxOptions()
            .setPath(folder.resolve("server.p12").toString())
            .setPassword("training")
            .setAlias("server");
    Vertx.vertx()
        .createHttpServer(
            new HttpServerOptions()
                .setSsl(true)
                .setUseAlpn(true)
                .setClientAuth(ClientAuth.REQUEST)
                .setTrustOptions(keys)
                .setKeyCertOptions(keys))
        .requestHandler(request -> request.body().onSuccess(b -> answer(request)))
        .listen(0, "localhost")
        .onSuccess(server -> write(folder, server))
        .onFailure(TrainingApi::fail);
  }

  private static void answer(HttpServerRequest request) {
    var path = request.path();
    var parts = path.split("/");
    var last = parts[parts.length - 1];
    var found =
        request.method() == HttpMethod.POST
            ? path.endsWith("selfsubjectaccessreviews") ? MAY : POD
            : LISTS.getOrDefault(last, OBJECTS.get(parts[parts.length - 2] + "/" + last));
    request
        .response()
        .setStatusCode(found == null ? 404 : 200)
        .putHeader("Content-Type", "application/json")
        .end(found == null ? NOTHING : found);
  }

  private static void write(Path folder, HttpServer server) {
    try {
      var keys = KeyStore.getInstance("PKCS12");
      try (var in = Files.newInputStream(folder.resolve("server.p12"))) {
        keys.load(in, "training".toCharArray());
      }
      // Certificate and key are what kubeadm's and kind's administrators have, tokens others.
      var key = keys.getKey("server", "training".toCharArray()).getEncoded();
      var pkcs1 = Arrays.copyOfRange(key, PKCS8_HEADER, key.length);
      var written = folder.resolve("kubeconfig.new");
      Files.writeString(
          written,
          """
          apiVersion: v1
          kind: Config
          current-context: training
          contexts:
          - {name: training, context: {cluster: training, user: token, namespace: shop}}
          - {name: certificate, context: {cluster: training, user: certificate, namespace: shop}}
          clusters: [{name: training, cluster: {server: "https://localhost:%d", certificate-authority-data: %s}}]
          users:
          - {name: token, user: {token: training}}
          - {name: certificate, user: {client-certificate-data: %s, client-key-data: %s}}
          """
              .formatted(
                  server.actualPort(),
                  pem("CERTIFICATE", keys.getCertificate("authority").getEncoded()),
                  pem("CERTIFICATE", keys.getCertificate("server").getEncoded()),
                  pem("RSA PRIVATE KEY", pkcs1)));
      Files.move(written, folder.resolve("kubeconfig"), StandardCopyOption.ATOMIC_MOVE);
    } catch (Exception e) {
      fail(e);
    }
  }

  /** As kubeconfigs have it: in Base64 once more. */
  private static String pem(String type, byte[] der) {
    var lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.UTF_8));
    return Base64.getEncoder()
        .encodeToString(
            "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
                .formatted(type, lines.encodeToString(der))
                .getBytes(StandardCharsets.UTF_8));
  }

  private static void fail(Throwable e) {
    e.printStackTrace();
    System.exit(1);
  }

  private TrainingApi() {}
}
