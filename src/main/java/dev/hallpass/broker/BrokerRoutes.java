package dev.hallpass.broker;

import dev.hallpass.lease.RefusedException;
import dev.hallpass.provider.TargetException;
import dev.hallpass.wire.Codec;
import dev.hallpass.wire.MalformedMessageException;
import dev.hallpass.wire.Problem;
import dev.hallpass.wire.Reason;
import dev.hallpass.wire.Secret;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The issuing API over HTTP. Each call runs on a virtual thread; the event loop never waits. */
public final class BrokerRoutes {
  private static final Logger LOG = Logger.getLogger(BrokerRoutes.class);
  private static final int MAX_BODY = 16_384;
  private static final String BEARER = "Bearer ";

  private final CredentialApi api;
  private final Executor threads;
  private final MeterRegistry metrics;

  /** Serves this API on these threads. */
  public BrokerRoutes(CredentialApi api, Executor threads, MeterRegistry metrics) {
    this.api = api;
    this.threads = threads;
    this.metrics = metrics;
  }

  /** Adds the routes. */
  public void register(Router router) {
    route(router, "/v1/credentials", "issue", api::issue);
    route(router, "/v1/leases/acknowledge", "acknowledge", api::acknowledge);
    route(router, "/v1/leases/renew", "renew", api::renew);
  }

  private void route(Router router, String path, String operation, Function<Call, byte[]> handler) {
    router
        .post(path)
        .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY))
        .handler(context -> threads.execute(() -> serve(context, operation, handler)))
        .failureHandler(BrokerRoutes::unreadable);
  }

  /** What fails before a call is read: a body over the limit, or one that was cut off. */
  private static void unreadable(RoutingContext context) {
    var status = context.statusCode() > 0 ? context.statusCode() : 400;
    var problem = new Problem(status, Reason.BadRequest, "the body cannot be read");
    respond(context, status, "application/problem+json", Codec.encode(problem));
  }

  private void serve(RoutingContext context, String operation, Function<Call, byte[]> handler) {
    var watch = Timer.start(metrics);
    var outcome = "OK";
    try {
      respond(context, 200, "application/json", handler.apply(call(context)));
    } catch (RuntimeException e) {
      var problem = problem(operation, e);
      outcome = problem.reason().name();
      respond(context, problem.status(), "application/problem+json", Codec.encode(problem));
    }
    watch.stop(metrics.timer("hallpass.calls", "operation", operation, "reason", outcome));
  }

  private static Call call(RoutingContext context) {
    var body = context.body().buffer();
    return new Call(
        token(context.request().getHeader("Authorization")),
        context.request().remoteAddress().hostAddress(),
        body == null ? Buffer.buffer() : body);
  }

  private static @Nullable Secret token(@Nullable String header) {
    return header != null && header.startsWith(BEARER)
        ? Secret.of(header.substring(BEARER.length()).strip())
        : null;
  }

  private static void respond(RoutingContext context, int status, String contentType, byte[] body) {
    context
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", contentType)
        .putHeader("Cache-Control", "no-store")
        .end(Buffer.buffer(body));
  }

  private static Problem problem(String operation, RuntimeException e) {
    return switch (e) {
      case RefusedException r -> told(operation, r.reason(), r.detail());
      case TargetException t -> told(operation, t.reason(), message(t));
      case MalformedMessageException m -> told(operation, Reason.BadRequest, message(m));
      case KubernetesClientException k -> {
        LOG.warnf(k, "call failed: operation=%s reason=ApiServerUnavailable", operation);
        yield told(
            operation,
            Reason.ApiServerUnavailable,
            "the API server answered with HTTP status " + k.getCode());
      }
      default -> {
        LOG.errorf(e, "call failed: operation=%s reason=InternalError", operation);
        yield new Problem(500, Reason.InternalError, Reason.InternalError.meaning());
      }
    };
  }

  private static Problem told(String operation, Reason reason, String detail) {
    LOG.infof("call refused: operation=%s reason=%s detail=%s", operation, reason, detail);
    return new Problem(HttpStatus.of(reason), reason, detail);
  }

  private static String message(RuntimeException e) {
    return Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
  }
}
