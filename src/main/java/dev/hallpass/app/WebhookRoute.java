package dev.hallpass.app;

import dev.hallpass.admission.AdmissionReviewer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;

/**
 * {@code POST /mutate}: the admission webhook over HTTP. What fails here fails the pod's creation.
 */
final class WebhookRoute {
  private static final Logger LOG = Logger.getLogger(WebhookRoute.class);

  /** What the API server takes as a request, and so the most that a review of it can hold. */
  private static final int MAX_BODY = 3 << 20;

  /** Bodies held in memory at once: 48 MiB of them where each is as large as can be. */
  private static final int REVIEWS_AT_ONCE = 16;

  private final AdmissionReviewer reviewer;
  private final Executor threads;
  private final MeterRegistry metrics;
  private final Semaphore places = new Semaphore(REVIEWS_AT_ONCE);

  WebhookRoute(AdmissionReviewer reviewer, Executor threads, MeterRegistry metrics) {
    this.reviewer = reviewer;
    this.threads = threads;
    this.metrics = metrics;
  }

  void register(Router router) {
    router
        .post("/mutate")
        .handler(this::admit)
        .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY))
        .handler(context -> threads.execute(() -> serve(context)));
  }

  /** Before any of the body is read. */
  private void admit(RoutingContext context) {
    if (!places.tryAcquire()) {
      metrics.counter("hallpass.admission.overloaded").increment();
      context.response().setStatusCode(503).putHeader("Retry-After", "1").end();
      return;
    }
    context.addEndHandler(end -> places.release());
    context.next();
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
