package dev.hallpass.app;

import dev.hallpass.pki.Identity;
import dev.hallpass.wire.Codec;
import dev.hallpass.wire.Problem;
import dev.hallpass.wire.Reason;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.KeyCertOptions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The broker's HTTPS server, TLS 1.3 alone. Listens once it has a certificate; a later one serves
 * new connections, and open ones go on. Takes a bounded number of calls at once, of all and of one
 * address, and answers those it has taken before it closes. Connections are counted by {@link
 * ConnectionGate}.
 */
final class BrokerServer implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(BrokerServer.class);
  private static final int IDLE_SECONDS = 30;

  /** Of one HTTP/2 connection; an agent has a call at a time, the API server a few reviews. */
  static final long STREAMS = 32;

  /** A caller that sends its body more slowly holds a place for nothing. */
  private static final Duration BODY = Duration.ofSeconds(5);

  private static final Duration DRAIN = Duration.ofSeconds(10);

  private final Vertx vertx;
  private final int port;
  private final Handler<HttpServerRequest> handler;
  private final ServingKeys keys = new ServingKeys();
  private final Places places;
  private final Set<HttpConnection> streaming = ConcurrentHashMap.newKeySet();
  private volatile @Nullable HttpServer server;
  private volatile boolean closing;

  BrokerServer(Vertx vertx, int port, Places places, Handler<HttpServerRequest> handler) {
    this.vertx = vertx;
    this.port = port;
    this.places = places;
    this.handler = handler;
  }

  /** Serves with this certificate from now on. */
  synchronized void serve(Identity certificate) {
    keys.use(certificate);
    if (server == null) {
      server = await(listen());
      LOG.infof("broker listens on port %d with %s", actualPort(), certificate);
    } else {
      LOG.infof("broker serves with %s", certificate);
    }
  }

  private Future<HttpServer> listen() {
    ConnectionGates.require();
    return vertx
        .createHttpServer(options())
        .connectionHandler(this::admit)
        .requestHandler(this::take)
        .listen();
  }

  private HttpServerOptions options() {
    return new HttpServerOptions()
        // The JDK takes it for the wildcard of both families where the host has IPv6.
        .setHost("0.0.0.0")
        .setPort(port)
        .setSsl(true)
        .setUseAlpn(true)
        .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
        .setIdleTimeout(IDLE_SECONDS)
        .setInitialSettings(new Http2Settings().setMaxConcurrentStreams(STREAMS))
        .setKeyCertOptions(KeyCertOptions.wrap(keys));
  }

  /** A connection has one close handler: a second would take the place of this one. */
  private void admit(HttpConnection connection) {
    connection.closeHandler(closed -> streaming.remove(connection));
  }

  private void take(HttpServerRequest request) {
    var response = request.response();
    if (request.version() == HttpVersion.HTTP_2) {
      streaming.add(request.connection());
    } else if (closing) {
      response.putHeader("Connection", "close");
    }
    var address = request.connection().remoteAddress().hostAddress();
    if (!places.enter(address)) {
      var problem = new Problem(503, Reason.Overloaded, Reason.Overloaded.meaning());
      response
          .setStatusCode(problem.status())
          .putHeader("Content-Type", "application/problem+json")
          .putHeader("Retry-After", "1")
          .end(Buffer.buffer(Codec.encode(problem)));
      return;
    }
    var place = new AtomicBoolean(true);
    Runnable leave =
        () -> {
          if (place.compareAndSet(true, false)) {
            places.leave(address);
          }
        };
    var overdue =
        vertx.setTimer(
            BODY.toMillis(),
            late -> {
              if (!request.isEnded()) {
                request.connection().close();
                leave.run();
              }
            });
    response.endHandler(
        end -> {
          vertx.cancelTimer(overdue);
          leave.run();
        });
    response.closeHandler(closed -> leave.run());
    handler.handle(request);
  }

  boolean listens() {
    return server != null && !closing;
  }

  int actualPort() {
    var running = server;
    return running == null ? port : running.actualPort();
  }

  /** Waits for the calls that were taken, but not for ever. */
  @Override
  public synchronized void close() {
    var running = server;
    if (running == null || closing) {
      return;
    }
    closing = true;
    streaming.forEach(connection -> connection.shutdown(DRAIN.toSeconds(), TimeUnit.SECONDS));
    try {
      var left = places.close(DRAIN);
      if (left > 0) {
        LOG.warnf("%d calls are cut off", left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    await(running.close());
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }
}
