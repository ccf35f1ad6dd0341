package dev.hallpass.app;

import dev.hallpass.broker.OpenResponse;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.jboss.logging.Logger;

/**
 * An admission webhook over HTTP. What fails here fails the creation or change that it is asked
 * about.
 */
final class WebhookRoute {
  private static final Logger LOG = Logger.getLogger(WebhookRoute.class);

  /** What the API server takes as a request, and so the most that a review of it can hold. */
  private static final int MAX_BODY = 3 << 20;

  /** Bodies held in memory at once: 48 MiB of them where each is as large as can be. */
  static final int REVIEWS_AT_ONCE = 16;

  private final String path;
  private final UnaryOperator<byte[]> reviewer;
  private final Executor threads;
  private final MeterRegistry metrics;

  /** Answers with what the reviewer makes of a body; it says no by IllegalArgumentException. */
  WebhookRoute(
      String path, UnaryOperator<byte[]> reviewer, Executor threads, MeterRegistry metrics) {
    this.path = path;
    this.reviewer = reviewer;
    this.threads = threads;
    this.metrics = metrics;
  }

  void register(Router router) {
    router
        .post(path)
        .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY))
        .handler(context -> threads.execute(() -> serve(context)))
        .failureHandler(WebhookRoute::unreadable);
  }

  /** A body over the limit, or one that was cut off. */
  private static void unreadable(RoutingContext context) {
    OpenResponse.of(context)
        .ifPresent(r -> r.setStatusCode(Math.max(context.statusCode(), 400)).end());
  }

  private void serve(RoutingContext context) {
    var watch = Timer.start(metrics);
    var outcome = "OK";
    try {
      var answer = reviewer.apply(body(context));
      OpenResponse.of(context)
          .ifPresent(
              r -> r.putHeader("Content-Type", "application/json").end(Buffer.buffer(answer)));
    } catch (IllegalArgumentException e) {
      outcome = "BadRequest";
      OpenResponse.of(context).ifPresent(r -> r.setStatusCode(400).end());
    } catch (RuntimeException e) {
      outcome = "InternalError";
      LOG.error("admission failed; what it was asked about is refused", e);
      OpenResponse.of(context).ifPresent(r -> r.setStatusCode(500).end());
    }
    watch.stop(metrics.timer("hallpass.admission", "webhook", path, "outcome", outcome));
  }

  private static byte[] body(RoutingContext context) {
    var body = context.body().buffer();
    return body == null ? new byte[0] : body.getBytes();
  }
}
