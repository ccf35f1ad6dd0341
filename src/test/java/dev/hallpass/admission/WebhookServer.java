package dev.hallpass.admission;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.hallpass.pki.Lifetimes;
import dev.hallpass.pki.Pem;
import dev.hallpass.pki.Rotation;
import dev.hallpass.pki.ServingNames;
import dev.hallpass.pki.ServingState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Webhooks on loopback, served with certificates as Hallpass makes them. */
final class WebhookServer implements AutoCloseable {
  private final HttpsServer server;
  private final ServingState certificates;

  private WebhookServer(HttpsServer server, ServingState certificates) {
    this.server = server;
    this.certificates = certificates;
  }

  static WebhookServer start() throws IOException, GeneralSecurityException {
    var names = new ServingNames(List.of("localhost"));
    var certificates =
        new Rotation(names, Lifetimes.DEFAULT, new SecureRandom())
            .next(ServingState.EMPTY, Instant.now());
    var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    var server = HttpsServer.create(loopback, 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context(certificates)));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    return new WebhookServer(server, certificates);
  }

  void serve(String path, UnaryOperator<byte[]> review) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            var answer = review.apply(exchange.getRequestBody().readAllBytes());
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
          }
        });
  }

  String url(String path) {
    return "https://localhost:" + server.getAddress().getPort() + path;
  }

  String trustBundle() {
    return Pem.encode(certificates.bundle());
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private static SSLContext context(ServingState certificates)
      throws IOException, GeneralSecurityException {
    var keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    var leaf = certificates.leaf();
    keys.setKeyEntry("leaf", leaf.key(), new char[0], new Certificate[] {leaf.certificate()});
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, new char[0]);
    var context = SSLContext.getInstance("TLSv1.3");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }
}
