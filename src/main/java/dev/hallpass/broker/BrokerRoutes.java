package dev.hallpass.broker;

import dev.hallpass.audit.Trace;
import dev.hallpass.kube.LogKeys;
import dev.hallpass.lease.RefusedException;
import dev.hallpass.wire.Codec;
import dev.hallpass.wire.Problem;
import dev.hallpass.wire.Reason;
import dev.hallpass.wire.Secret;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/** The issuing API over HTTP. Each call runs on a virtual thread; the event loop never waits. */
public final class BrokerRoutes {
  private static final Logger LOG = Logger.getLogger(BrokerRoutes.class);
  private static final int MAX_BODY = 16_384;
  private static final String BEARER = "Bearer ";
  private static final String PROBLEM = "application/problem+json";
  private static final String JSON = "application/json";
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
  };

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
    route(router, "/v1/leases/check", "check", api::check);
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
    respond(context, problem);
  }

  private void serve(RoutingContext context, String operation, Function<Call, byte[]> handler) {
    var watch = Timer.start(metrics);
    MDC.put(LogKeys.OPERATION, operation);
    try {
      var answer = handler.apply(call(context));
      OpenResponse.of(context).ifPresent(response -> respond(response, 200, JSON, answer));
      watch.stop(timer(operation, "OK"));
    } catch (RuntimeException e) {
      var problem = problem(e);
      respond(context, problem);
      watch.stop(timer(operation, problem.reason().name()));
    } finally {
      MDC.clear();
    }
  }

  private Timer timer(String operation, String reason) {
    return Timer.builder("hallpass.calls")
        .description("Calls of agents, by what came of them")
        .tag("operation", operation)
        .tag("reason", reason)
        .serviceLevelObjectives(BUCKETS)
        .register(metrics);
  }

  private static Call call(RoutingContext context) {
    var body = context.body().buffer();
    if (!JSON.equals(context.parsedHeaders().contentType().value().toLowerCase(Locale.ROOT))) {
      throw new RefusedException(Reason.BadRequest, "Content-Type must be application/json");
    }
    return new Call(
        token(context.request().getHeader("Authorization")),
        context.request().remoteAddress().hostAddress(),
        body == null ? Buffer.buffer() : body,
        Trace.ofCall(context.request().getHeader("traceparent")),
        context.response()::closed);
  }

  private static @Nullable Secret token(@Nullable String header) {
    return header != null && header.startsWith(BEARER)
        ? Secret.of(header.substring(BEARER.length()).strip())
        : null;
  }

  private static void respond(RoutingContext context, Problem problem) {
    var wait = HttpStatus.retryAfter(problem.reason());
    OpenResponse.of(context)
        .ifPresent(
            response -> {
              wait.ifPresent(w -> response.putHeader("Retry-After", "" + w.toSeconds()));
              respond(response, problem.status(), PROBLEM, Codec.encode(problem));
            });
  }

  private static void respond(
      HttpServerResponse response, int status, String contentType, byte[] body) {
    response
        .setStatusCode(status)
        .putHeader("Content-Type", contentType)
        .putHeader("Cache-Control", "no-store")
        .end(Buffer.buffer(body));
  }

  private static Problem problem(RuntimeException e) {
    var failure = CallFailure.of(e);
    MDC.put(LogKeys.REASON, failure.reason());
    switch (failure.reason()) {
      case ApiServerUnavailable -> LOG.warn("call failed", e);
      case InternalError -> LOG.error("call failed", e);
      default ->
          LOG.logf(
              quiet(failure.reason()) ? Logger.Level.DEBUG : Logger.Level.INFO,
              "call refused: %s",
              failure.detail());
    }
    var status = HttpStatus.of(failure.reason());
    return e instanceof RefusedException r && r.keyAlgorithm() != null
        ? new Problem(status, failure.reason(), failure.detail(), r.keyAlgorithm())
        : new Problem(status, failure.reason(), failure.detail());
  }

  /**
   * Anybody can make such calls by the thousand: they are counted rather than told. Whoever waits
   * for approval asks every few seconds, and was told of once.
   */
  private static boolean quiet(Reason reason) {
    return switch (reason) {
      case TokenMissing, TokenInvalid, BadRequest, Overloaded, ApprovalAwaited -> true;
      default -> false;
    };
  }
}
