package dev.hallpass.app;

import dev.hallpass.admission.AdmissionReviewer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;

/**
 * {@code POST /mutate}: the admission webhook over HTTP. What fails here fails the pod's creation.
 */
final class WebhookRoute {
  private static final Logger LOG = Logger.getLogger(WebhookRoute.class);

  /** A pod is at most 1.5 MiB in etcd; its review holds it once. */
  private static final int MAX_BODY = 4 << 20;

  private final AdmissionReviewer reviewer;
  private final Executor threads;
  private final MeterRegistry metrics;

  WebhookRoute(AdmissionReviewer reviewer, Executor threads, MeterRegistry metrics) {
    this.reviewer = reviewer;
    this.threads = threads;
    this.metrics = metrics;
  }

  void register(Router router) {
    router
        .post("/mutate")
        .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY))
        .handler(context -> threads.execute(() -> serve(context)));
  }

  private void serve(RoutingContext context) {
    var watch = Timer.start(metrics);
    var outcome = "OK";
    try {
      var answer = reviewer.review(context.body().buffer().getBytes());
      context.response().putHeader("Content-Type", "application/json").end(Buffer.buffer(answer));
    } catch (IllegalArgumentException e) {
      outcome = "BadRequest";
      context.response().setStatusCode(400).end();
    } catch (RuntimeException e) {
      outcome = "InternalError";
      LOG.error("admission failed; the pod is refused", e);
      context.response().setStatusCode(500).end();
    }
    watch.stop(metrics.timer("hallpass.admission", "outcome", outcome));
  }
}
