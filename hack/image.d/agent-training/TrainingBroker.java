import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A broker on loopback for the agent to meet once while its image is built, so that all classes it
 * needs are in its cache: {@code java TrainingBroker.java KEYSTORE PASSWORD FOLDER}.
 *
 * <p>Writes into FOLDER: {@code ca.pem}, its certificate; {@code free-port}, a port that nobody
 * uses; then {@code port}, its own; and {@code renewed} once an agent has renewed a lease.
 */
final class TrainingBroker {
  private static final int LIFE_SECONDS = 3;

  private final String bundle;
  private final Path folder;

  private TrainingBroker(String bundle, Path folder) {
    this.bundle = bundle;
    this.folder = folder;
  }

  public static void main(String[] args) throws Exception {
    var folder = Path.of(args[2]);
    var password = args[1].toCharArray();
    var store = KeyStore.getInstance(Path.of(args[0]).toFile(), password);
    var keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, password);
    var tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), null, null);
    var encoder = Base64.getMimeEncoder(64, new byte[] {'\n'});
    var pem =
        "-----BEGIN CERTIFICATE-----\n"
            + encoder.encodeToString(store.getCertificate("broker").getEncoded())
            + "\n-----END CERTIFICATE-----\n";

    var broker = new TrainingBroker(pem.replace("\n", "\\n"), folder);
    var server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/v1/credentials", broker::issue);
    server.createContext("/v1/leases/", broker::lease);
    server.start();
    Files.writeString(folder.resolve("ca.pem"), pem);
    try (var free = new ServerSocket(0)) {
      Files.writeString(folder.resolve("free-port"), free.getLocalPort() + "\n");
    }
    Files.writeString(folder.resolve("port.new"), server.getAddress().getPort() + "\n");
    Files.move(folder.resolve("port.new"), folder.resolve("port"));
  }

  private void issue(HttpExchange call) throws IOException {
    answer(
        call,
        """
        {"lease":"training","epoch":1,"files":[
          {"path":"a.env","content":"A=1"},{"path":"b/c.json","content":"{}"}],
         "trustBundle":"%s"}"""
            .formatted(bundle));
  }

  private void lease(HttpExchange call) throws IOException {
    answer(
        call,
        """
        {"lease":"training","expiresAt":"%s","next":"Renew","trustBundle":"%s"}"""
            .formatted(Instant.now().plusSeconds(LIFE_SECONDS), bundle));
    if (call.getRequestURI().getPath().equals("/v1/leases/renew")) {
      Files.writeString(folder.resolve("renewed"), "");
    }
  }

  private static void answer(HttpExchange call, String body) throws IOException {
    try (call) {
      call.getRequestBody().readAllBytes();
      var bytes = body.getBytes(StandardCharsets.UTF_8);
      call.sendResponseHeaders(200, bytes.length);
      call.getResponseBody().write(bytes);
    }
  }
}
