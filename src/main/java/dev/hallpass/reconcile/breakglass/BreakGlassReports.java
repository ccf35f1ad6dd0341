package dev.hallpass.reconcile.breakglass;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.BreakGlassStatus.Phase;
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

/** What people and meters hear of break-glasses: never nothing. */
final class BreakGlassReports {
  private static final Logger LOG = Logger.getLogger(BreakGlassReports.class);

  private final ClusterView view;
  private final Events events;
  private final MeterRegistry meters;

  BreakGlassReports(
      ClusterView view, Duration longest, Events events, MeterRegistry meters, Clock clock) {
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

  /** It has come to this phase. */
  void reached(BreakGlass breakGlass, Phase phase, String message) {
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
        events.say(
            Events.about(breakGlass), Events.Type.Warning, Reason.BreakGlassUnreviewed, text);
        tellRequests(breakGlass, Reason.BreakGlassUnreviewed, text);
      }
      case Reviewed ->
          events.say(Events.about(breakGlass), Events.Type.Normal, Reason.BreakGlassReviewed, text);
    }
  }

  private void tellRequests(BreakGlass breakGlass, Reason reason, String text) {
    view.requestsIn(breakGlass.getMetadata().getNamespace()).stream()
        .filter(r -> OpenBreakGlass.concerns(breakGlass, r))
        .forEach(r -> events.say(Events.about(r), Events.Type.Warning, reason, text));
  }

  /** Its namespace takes it along before anybody has reviewed it. */
  void lost(BreakGlass breakGlass) {
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
