package dev.hallpass.app;

import dev.hallpass.audit.Journal;
import dev.hallpass.lease.LeaseTimes;
import dev.hallpass.notification.Receiver;
import dev.hallpass.provider.Drivers;
import dev.hallpass.provider.x509.OutlivedLists;
import dev.hallpass.reconcile.Controller;
import dev.hallpass.reconcile.ControllerSettings;
import dev.hallpass.reconcile.LeaderDuty;
import dev.hallpass.reconcile.LeadershipTimes;
import dev.hallpass.reconcile.certificates.AuditKeyKeeper;
import dev.hallpass.reconcile.provider.ProviderTimes;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Reception;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The controller: one of the replicas leads, the others stand by. */
@Singleton
final class ControllerProcess {
  private static final Logger LOG = Logger.getLogger(ControllerProcess.class);
  private static final int LOST_LEADERSHIP = 3;
  private static final Duration AUDIT_KEY_PERIOD = Duration.ofSeconds(15);
  private static final Duration OUTLIVED_LISTS_PERIOD = Duration.ofMinutes(1);

  private final Settings settings;
  private final KubernetesClient client;
  private final Drivers drivers;
  private final Installation installation;
  private final Standing standing;
  private final Clock clock;
  private final MeterRegistry metrics;
  private final Trails trails;

  private @Nullable Controller controller;
  private @Nullable Journal audit;

  @Inject
  ControllerProcess(
      Settings settings,
      KubernetesClient client,
      Drivers drivers,
      Installation installation,
      Standing standing,
      Clock clock,
      MeterRegistry metrics,
      Trails trails) {
    this.trails = trails;
    this.settings = settings;
    this.client = client;
    this.drivers = drivers;
    this.installation = installation;
    this.standing = standing;
    this.clock = clock;
    this.metrics = metrics;
  }

  synchronized void start() {
    var trail = trails.open("controller");
    audit = trail;
    var started =
        new Controller(
            client,
            drivers,
            trail,
            metrics,
            clock,
            settings(),
            List.of(
                CertificateDuty.of(client, settings.namespace(), settings.certificates(), clock),
                auditKey(),
                outlivedLists()),
            ControllerProcess::leave);
    controller = started;
    started.start();
    standing.by(started::healthy, () -> started.healthy() && !trail.brokeOff());
  }

  private LeaderDuty auditKey() {
    var keeper = new AuditKeyKeeper(client, settings.namespace(), new SecureRandom());
    return new LeaderDuty("the audit key", AUDIT_KEY_PERIOD, keeper::reconcile);
  }

  private LeaderDuty outlivedLists() {
    var lists = new OutlivedLists(client, settings.namespace(), clock);
    return new LeaderDuty("letting revocation lists go", OUTLIVED_LISTS_PERIOD, lists::letGo);
  }

  private ControllerSettings settings() {
    var times = settings.controller();
    var targets = ProviderTimes.DEFAULT;
    return new ControllerSettings(
        installation.id(),
        settings.namespace(),
        settings.identity(),
        new LeaseTimes(times.pendingTimeout(), times.nodeLostGrace(), retention(times)),
        new ProviderTimes(
            targets.probeWhenReady(),
            targets.probeWhenFailing(),
            times.sweepInterval(),
            targets.linger()),
        settings.policies().unmatched(),
        settings.breakGlass().maxDuration(),
        LeadershipTimes.DEFAULT,
        receiver());
  }

  private @Nullable Receiver receiver() {
    var asked = settings.notifications();
    if (asked.url().isEmpty()) {
      return null;
    }
    return new Receiver(
        asked.url().get(),
        asked
            .secret()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "hallpass.notifications.secret must name a Secret, as notices are"
                            + " signed")));
  }

  private static Duration retention(Settings.Controller times) {
    if (times.retention().compareTo(LeaseTimes.MIN_RETENTION) < 0) {
      throw new IllegalArgumentException(
          "hallpass.controller.retention is %s, and must be at least %s"
              .formatted(times.retention(), LeaseTimes.MIN_RETENTION));
    }
    return times.retention();
  }

  /** Halts without a shutdown that could take longer than the next leader waits. */
  private static void leave() {
    LOG.error("leadership was lost; the process ends, so that no two controllers act");
    Runtime.getRuntime().halt(LOST_LEADERSHIP);
  }

  /** While the client still works: leadership is handed over, and Events are told, through it. */
  synchronized void stop(@Observes(notifyObserver = Reception.IF_EXISTS) ShutdownEvent event) {
    if (controller != null) {
      controller.close();
    }
    if (audit != null) {
      audit.close();
    }
  }
}
