package dev.hallpass.reconcile;

import dev.hallpass.audit.AuditLog;
import dev.hallpass.kube.Events;
import dev.hallpass.kube.LiveCatalog;
import dev.hallpass.kube.Trim;
import dev.hallpass.lease.AdminTargets;
import dev.hallpass.lease.Extension;
import dev.hallpass.lease.LeaseStore;
import dev.hallpass.lease.Revocation;
import dev.hallpass.lease.Turns;
import dev.hallpass.policy.PolicyDecider;
import dev.hallpass.provider.Drivers;
import dev.hallpass.provider.Targets;
import dev.hallpass.reconcile.breakglass.BreakGlassReconciler;
import dev.hallpass.reconcile.lease.LeaseControl;
import dev.hallpass.reconcile.notification.Notifications;
import dev.hallpass.reconcile.policy.PolicyReconciler;
import dev.hallpass.reconcile.provider.ProviderControl;
import dev.hallpass.reconcile.request.PolicyWord;
import dev.hallpass.reconcile.request.RequestReconciler;
import dev.hallpass.reconcile.view.ClusterView;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.processing.event.rate.LinearRateLimiter;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The controller process: caches, reconcilers, leadership. Every process keeps its caches warm; the
 * leader alone acts.
 */
public final class Controller implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Controller.class);
  private static final Duration CACHES = Duration.ofMinutes(2);
  private static final Duration STATUS_PERIOD = Duration.ofSeconds(1);
  private static final Duration NOTICES_PERIOD = Duration.ofSeconds(1);
  private static final Duration RECORDS_PERIOD = Duration.ofSeconds(5);
  private static final Duration SHUTDOWN = Duration.ofSeconds(5);

  /** More make the API server no faster. */
  private static final int AT_ONCE = 32;

  private final ClusterView view;
  private final Events events;
  private final Optional<Notifications> notifications;
  private final Leadership leadership;
  private final ChangeRecords changes;
  private final ApprovalRecords approvals;
  private final Operator operator;
  private final List<LeaderDuty> duties;
  private final ScheduledExecutorService clockwork = Executors.newSingleThreadScheduledExecutor();

  /**
   * Puts it together; {@link #start} starts it.
   *
   * @param audit hears of every end, of policies and providers, and of what people say
   * @param duties what the leader does beside
   * @param onLost called when leadership was lost; must end the process at once, so that no two
   *     controllers act
   */
  public Controller(
      KubernetesClient client,
      Drivers drivers,
      AuditLog audit,
      MeterRegistry meters,
      Clock clock,
      ControllerSettings settings,
      List<LeaderDuty> duties,
      Runnable onLost) {
    view = new ClusterView(client, settings.namespace());
    notifications =
        Optional.ofNullable(settings.receiver())
            .map(
                receiver ->
                    Notifications.to(
                        receiver,
                        client,
                        view,
                        settings.namespace(),
                        settings.installation(),
                        meters,
                        clock));
    var leases = new LeaseStore(client);
    var told = new ApprovalRecords(view, leases::get, audit);
    approvals = told;
    this.duties =
        Stream.of(
                duties.stream(),
                Stream.of(new LeaderDuty("records of approvals", RECORDS_PERIOD, told::again)),
                notifications.stream()
                    .map(n -> new LeaderDuty("notifications", NOTICES_PERIOD, n::turn)))
            .flatMap(s -> s)
            .toList();
    events = new Events(client, clock);
    leadership = new Leadership(client, settings, this::takeUpDuties, onLost);
    operator = new Operator(o -> configure(o, client));
    var live = new LiveCatalog(client, settings.namespace());
    var admin = new AdminTargets(live, new Targets(client, settings.namespace()));
    var revocation = new Revocation(leases, admin, drivers, audit, settings.installation(), clock);
    var extension = new Extension(leases, admin, drivers, audit, settings.installation(), clock);
    var lease =
        LeaseControl.of(
            client,
            view,
            live,
            revocation,
            extension,
            settings.leases(),
            settings.longestBreakGlass(),
            new PolicyDecider(settings.unmatched()),
            events,
            audit,
            meters,
            clock);
    var provider =
        ProviderControl.of(
            view,
            leases,
            admin,
            drivers,
            settings.installation(),
            settings.providers(),
            lease::answered,
            events,
            audit,
            meters,
            clock);
    changes = new ChangeRecords(view, audit);
    operator.register(lease.reconciler(), Controller::persistent);
    operator.register(provider.namespaced(), Controller::limited);
    operator.register(provider.cluster(), Controller::limited);
    var policies =
        new PolicyWord(
            view,
            client,
            new PolicyDecider(settings.unmatched()),
            settings.longestBreakGlass(),
            clock);
    operator.register(
        new RequestReconciler(view, drivers, policies, events, clock), Controller::limited);
    operator.register(new PolicyReconciler(view, events, clock), Controller::limited);
    operator.register(
        BreakGlassReconciler.of(
            client, view, settings.longestBreakGlass(), events, audit, meters, clock),
        Controller::limited);
  }

  private void configure(ConfigurationServiceOverrider operator, KubernetesClient client) {
    operator
        .withKubernetesClient(client)
        .withCloseClientOnStop(false)
        .withExecutorService(new Turns(AT_ONCE).executor())
        .withReconciliationTerminationTimeout(SHUTDOWN)
        .withLeaderElectionConfiguration(leadership.configuration());
  }

  /** No error ends the attempts, and no limit delays them; caches hold what we read. */
  private static <T extends HasMetadata> void persistent(
      ControllerConfigurationOverrider<T> config) {
    config.withInformerListLimit(Trim.PAGE).withItemStore(Trim.storing(Trim::own));
    config.withRetry(
        new GenericRetry()
            .setInitialInterval(Duration.ofSeconds(1))
            .setIntervalMultiplier(2)
            .setMaxInterval(30_000)
            .withoutMaxAttempts());
  }

  /** Statuses follow pods, which come by the hundred: one write a second is enough for each. */
  private static <T extends HasMetadata> void limited(ControllerConfigurationOverrider<T> config) {
    persistent(config);
    config.withRateLimiter(new LinearRateLimiter(STATUS_PERIOD, 1));
  }

  /**
   * Fills the caches, starts to reconcile once it leads, and returns before that.
   *
   * @throws IllegalStateException where the API server does not answer
   */
  public void start() {
    view.start(CACHES);
    operator.start();
  }

  private void takeUpDuties() {
    changes.begin();
    approvals.begin();
    for (var duty : duties) {
      var _ =
          clockwork.scheduleWithFixedDelay(
              () -> perform(duty), 0, duty.every().toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void perform(LeaderDuty duty) {
    try {
      duty.turn().run();
    } catch (RuntimeException e) {
      // What the end of this process breaks off is no failure: the next leader does it.
      LOG.logf(
          clockwork.isShutdown() ? Logger.Level.DEBUG : Logger.Level.ERROR,
          e,
          "%s failed; it is tried again in %s",
          duty.name(),
          duty.every());
    }
  }

  /**
   * Whether it works, or stands by to. Watches that try to come back after an outage of the API
   * server are well; one that gave up is not, and only a new process mends it.
   */
  public boolean healthy() {
    return view.running() && operator.getRuntimeInfo().isStarted();
  }

  /** Whether it leads. */
  public boolean leads() {
    return leadership.leads();
  }

  /** Ends what is under way, and hands leadership over. */
  @Override
  public void close() {
    var led = leadership.leads();
    leadership.leaving();
    clockwork.shutdownNow();
    notifications.ifPresent(Notifications::close);
    operator.stop();
    if (led) {
      leadership.release();
    }
    view.close();
    events.close();
  }
}
