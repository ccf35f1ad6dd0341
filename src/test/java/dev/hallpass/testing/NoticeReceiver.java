package dev.hallpass.testing;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.hallpass.pki.Pem;
import dev.hallpass.wire.Secret;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.provider.EventFormatProvider;
import io.cloudevents.jackson.JsonFormat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A receiver as others write one, on loopback: it verifies by the library of Standard Webhooks and
 * reads by that of CloudEvents, and takes nothing that either refuses.
 */
public final class NoticeReceiver implements AutoCloseable {
  /** A key, as {@code openssl rand -base64 32} makes one. */
  public static final String KEY = "whsec_SGFsbHBhc3MgdGVzdHMgc2lnbiB3aXRoIHRoaXMga2V5IQ==";

  private final HttpServer server;
  private final String scheme;
  private final Webhook verifier = new Webhook(KEY);
  private final List<CloudEvent> taken = new CopyOnWriteArrayList<>();
  private final List<String> refused = new CopyOnWriteArrayList<>();
  private volatile int answer = 204;

  private NoticeReceiver(HttpServer server, String scheme) {
    this.server = server;
    this.scheme = scheme;
    server.createContext("/", this::take);
    server.start();
  }

  /** Over plain HTTP. */
  public static NoticeReceiver plain() {
    try {
      return new NoticeReceiver(HttpServer.create(anyPort(), 0), "http");
    } catch (IOException e) {
      throw new IllegalStateException("no receiver", e);
    }
  }

  /** Over HTTPS, with this certificate. */
  public static NoticeReceiver tls(TestAuthority.Certificate certificate) {
    try {
      var server = HttpsServer.create(anyPort(), 0);
      server.setHttpsConfigurator(new HttpsConfigurator(context(certificate)));
      return new NoticeReceiver(server, "https");
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("no receiver", e);
    }
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /** Of a server with this certificate. */
  static SSLContext context(TestAuthority.Certificate certificate)
      throws GeneralSecurityException, IOException {
    var identity = Pem.identity(certificate.certificate(), Secret.of(certificate.key()));
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "server", identity.key(), new char[0], new Certificate[] {identity.certificate()});
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    var context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  /** Where it listens. */
  public URI url() {
    return URI.create(
        "%s://127.0.0.1:%d/hooks?token=of-the-receiver"
            .formatted(scheme, server.getAddress().getPort()));
  }

  /** Answers so from now on. */
  public void answers(int status) {
    answer = status;
  }

  /** What it took, in order. */
  public List<CloudEvent> taken() {
    return taken;
  }

  /** Why it refused what it refused. */
  public List<String> refused() {
    return refused;
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      var body = exchange.getRequestBody().readAllBytes();
      var status = answer;
      try {
        verifier.verify(new String(body, StandardCharsets.UTF_8), exchange.getRequestHeaders());
        var event =
            EventFormatProvider.getInstance()
                .resolveFormat(JsonFormat.CONTENT_TYPE)
                .deserialize(body);
        if (!exchange
            .getRequestHeaders()
            .getFirst("Content-Type")
            .startsWith(JsonFormat.CONTENT_TYPE)) {
          throw new IllegalArgumentException("not in structured mode");
        }
        if (status / 100 == 2) {
          taken.add(event);
        } else {
          exchange.getResponseHeaders().add("Location", "http://127.0.0.1:1/elsewhere");
        }
      } catch (WebhookVerificationException | RuntimeException e) {
        refused.add(String.valueOf(e.getMessage()));
        status = 401;
      }
      exchange.sendResponseHeaders(status, -1);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
