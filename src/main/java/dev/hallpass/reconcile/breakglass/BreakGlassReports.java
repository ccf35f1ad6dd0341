package dev.hallpass.reconcile.breakglass;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.BreakGlassStatus.Phase;
import dev.hallpass.audit.AuditEvent;
import dev.hallpass.audit.AuditEvent.Stage;
import dev.hallpass.audit.AuditLog;
import dev.hallpass.audit.Trace;
import dev.hallpass.kube.Events;
import dev.hallpass.policy.BreakGlassWindow;
import dev.hallpass.policy.OpenBreakGlass;
import dev.hallpass.reconcile.view.ClusterView;
import dev.hallpass.wire.Reason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What people and meters hear of break-glasses: never nothing. */
final class BreakGlassReports {
  private static final Logger LOG = Logger.getLogger(BreakGlassReports.class);

  private final ClusterView view;
  private final Events events;
  private final AuditLog audit;
  private final MeterRegistry meters;

  BreakGlassReports(
      ClusterView view,
      Duration longest,
      Events events,
      AuditLog audit,
      MeterRegistry meters,
      Clock clock) {
    this.audit = audit;
    this.view = view;
    this.events = events;
    this.meters = meters;
    Gauge.builder("hallpass.breakglass.open", () -> count(Phase.Open, longest, clock))
        .description("Break-glasses that are open")
        .register(meters);
    Gauge.builder("hallpass.breakglass.unreviewed", () -> count(Phase.Ended, longest, clock))
        .description("Break-glasses that ended and wait for their review")
        .register(meters);
  }

  private long count(Phase phase, Duration longest, Clock clock) {
    var now = clock.instant();
    return view.breakGlasses().getStore().list().stream()
        .filter(
            b -> BreakGlassStatusFactory.phase(b, BreakGlassWindow.of(b, longest), now) == phase)
        .count();
  }

  /** It is seen for the first time, be it open or over. */
  void opened(BreakGlass breakGlass, BreakGlassWindow window) {
    record(
        breakGlass,
        window,
        Stage.Opened,
        openedBy(breakGlass),
        breakGlass.getSpec().justification());
  }

  private void record(
      BreakGlass breakGlass,
      BreakGlassWindow window,
      Stage stage,
      @Nullable String by,
      String justification) {
    var meta = breakGlass.getMetadata();
    audit.note(
        new AuditEvent.BreakGlassStep(
            meta.getNamespace(),
            meta.getName(),
            meta.getUid(),
            stage,
            by,
            justification,
            breakGlass.getSpec().incident(),
            window.ends()),
        Trace.ofLease(meta.getUid()));
  }

  /** It has come to this phase. */
  void reached(BreakGlass breakGlass, BreakGlassWindow window, Phase phase, String message) {
    var text = "%s. %s".formatted(opening(breakGlass), message);
    LOG.warnf(
        "break-glass %s: namespace=%s breakglass=%s openedBy=%s incident=%s: %s",
        phase,
        breakGlass.getMetadata().getNamespace(),
        breakGlass.getMetadata().getName(),
        openedBy(breakGlass),
        breakGlass.getSpec().incident(),
        message);
    switch (phase) {
      case Open -> {
        events.say(Events.about(breakGlass), Events.Type.Warning, Reason.BreakGlassOpen, text);
        tellRequests(breakGlass, Reason.BreakGlassOpen, text);
      }
      case Ended -> {
        record(breakGlass, window, Stage.Ended, null, breakGlass.getSpec().justification());
        events.say(
            Events.about(breakGlass), Events.Type.Warning, Reason.BreakGlassUnreviewed, text);
        tellRequests(breakGlass, Reason.BreakGlassUnreviewed, text);
      }
      case Reviewed -> {
        recordReview(breakGlass, window);
        events.say(Events.about(breakGlass), Events.Type.Normal, Reason.BreakGlassReviewed, text);
      }
    }
  }

  private void recordReview(BreakGlass breakGlass, BreakGlassWindow window) {
    var review = breakGlass.getSpec().review();
    if (review != null) {
      var by = review.reviewedBy();
      record(
          breakGlass,
          window,
          Stage.Reviewed,
          by == null ? null : by.username(),
          review.outcome() + ": " + review.comment());
    }
  }

  private void tellRequests(BreakGlass breakGlass, Reason reason, String text) {
    view.requestsIn(breakGlass.getMetadata().getNamespace()).stream()
        .filter(r -> OpenBreakGlass.concerns(breakGlass, r))
        .forEach(r -> events.say(Events.about(r), Events.Type.Warning, reason, text));
  }

  /** Its namespace takes it along before anybody has reviewed it. */
  void lost(BreakGlass breakGlass, BreakGlassWindow window) {
    record(breakGlass, window, Stage.Ended, null, breakGlass.getSpec().justification());
    LOG.errorf(
        "break-glass deleted with its namespace, and never reviewed: namespace=%s breakglass=%s"
            + " openedBy=%s incident=%s credential=%s: %s",
        breakGlass.getMetadata().getNamespace(),
        breakGlass.getMetadata().getName(),
        openedBy(breakGlass),
        breakGlass.getSpec().incident(),
        breakGlass.getSpec().credential(),
        breakGlass.getSpec().justification());
    Counter.builder("hallpass.breakglass.lost")
        .description("Break-glasses that their namespace took along before their review")
        .register(meters)
        .increment();
  }

  private static String opening(BreakGlass breakGlass) {
    return "Break-glass %s for credential %s, opened by %s for %s (%s)"
        .formatted(
            breakGlass.getMetadata().getName(),
            breakGlass.getSpec().credential(),
            openedBy(breakGlass),
            breakGlass.getSpec().incident(),
            breakGlass.getSpec().justification());
  }

  private static String openedBy(BreakGlass breakGlass) {
    var opener = breakGlass.getSpec().openedBy();
    return opener == null ? "nobody known" : opener.username();
  }
}
