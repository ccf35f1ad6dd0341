package dev.hallpass.app;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The broker's HTTPS server, TLS 1.3 alone. Listens once it has a certificate; a later one serves
 * new connections, and open ones go on.
 */
final class BrokerServer implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(BrokerServer.class);
  private static final int IDLE_SECONDS = 90;

  private final Vertx vertx;
  private final int port;
  private final Handler<HttpServerRequest> handler;
  private volatile @Nullable HttpServer server;

  BrokerServer(Vertx vertx, int port, Handler<HttpServerRequest> handler) {
    this.vertx = vertx;
    this.port = port;
    this.handler = handler;
  }

  /** Serves with this certificate from now on. */
  synchronized void serve(PemKeyCertOptions certificate) {
    var running = server;
    if (running == null) {
      server = listen(certificate);
      LOG.infof("broker listens on port %d", port);
    } else {
      var options = options(certificate).getSslOptions();
      running.updateSSLOptions(options).toCompletionStage().toCompletableFuture().join();
      LOG.info("broker serves with a new certificate");
    }
  }

  private HttpServer listen(PemKeyCertOptions certificate) {
    return vertx
        .createHttpServer(options(certificate))
        .requestHandler(handler)
        .listen()
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  private HttpServerOptions options(PemKeyCertOptions certificate) {
    return new HttpServerOptions()
        .setHost("0.0.0.0")
        .setPort(port)
        .setSsl(true)
        .setUseAlpn(true)
        .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
        .setIdleTimeout(IDLE_SECONDS)
        .setKeyCertOptions(certificate);
  }

  boolean listens() {
    return server != null;
  }

  @Override
  public synchronized void close() {
    var running = server;
    if (running != null) {
      running.close().toCompletionStage().toCompletableFuture().join();
    }
  }
}
