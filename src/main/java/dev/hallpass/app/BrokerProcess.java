package dev.hallpass.app;

import dev.hallpass.admission.AdmissionReviewer;
import dev.hallpass.admission.InjectionDecider;
import dev.hallpass.admission.InjectionSettings;
import dev.hallpass.admission.StampReviewer;
import dev.hallpass.audit.Journal;
import dev.hallpass.broker.Broker;
import dev.hallpass.broker.BrokerRoutes;
import dev.hallpass.kube.Events;
import dev.hallpass.kube.LiveCatalog;
import dev.hallpass.kube.WatchedCatalog;
import dev.hallpass.policy.PolicyDecider;
import dev.hallpass.provider.Drivers;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.virtual.threads.VirtualThreads;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Reception;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The broker: the admission webhook and the issuing API, behind one certificate. Each has a port of
 * its own, so that pods that call the one need not reach the other.
 */
@Singleton
final class BrokerProcess {
  private static final int CALLS_AT_ONCE = 1024;

  /** More than the agent of a pod asks at once. */
  private static final int CALLS_OF_ONE_ADDRESS = 32;

  private final Settings settings;
  private final KubernetesClient client;
  private final Drivers drivers;
  private final Installation installation;
  private final Standing standing;
  private final Events events;
  private final Clock clock;
  private final Vertx vertx;
  private final MeterRegistry metrics;
  private final Trails trails;
  private final ExecutorService threads;

  private @Nullable Journal audit;
  private @Nullable WatchedCatalog index;
  private List<BrokerServer> servers = List.of();
  private @Nullable ServingCertificate certificate;

  @Inject
  BrokerProcess(
      Settings settings,
      KubernetesClient client,
      Drivers drivers,
      Installation installation,
      Standing standing,
      Events events,
      Clock clock,
      Vertx vertx,
      MeterRegistry metrics,
      Trails trails,
      @VirtualThreads ExecutorService threads) {
    this.settings = settings;
    this.client = client;
    this.drivers = drivers;
    this.installation = installation;
    this.standing = standing;
    this.events = events;
    this.clock = clock;
    this.vertx = vertx;
    this.metrics = metrics;
    this.trails = trails;
    this.threads = threads;
  }

  /** Returns at once; the servers listen when the controller has made its certificate. */
  synchronized void start() {
    var issuing = Router.router(vertx);
    var webhook = Router.router(vertx);
    var serving =
        List.of(
            new BrokerServer(
                vertx, settings.port(), new Places(CALLS_AT_ONCE, CALLS_OF_ONE_ADDRESS), issuing),
            // There may be one API server, which all reviews come from.
            new BrokerServer(
                vertx,
                settings.webhookPort(),
                new Places(WebhookRoute.REVIEWS_AT_ONCE, WebhookRoute.REVIEWS_AT_ONCE),
                webhook));
    var trust =
        new ServingCertificate(
            client,
            settings.namespace(),
            settings.certificates().source(),
            settings.certificates().additionalTrust().orElse(""),
            identity -> serving.forEach(server -> server.serve(identity)));
    var trail = trails.open("broker");
    var watched = WatchedCatalog.start(client, settings.namespace());
    new BrokerRoutes(
            Broker.api(
                client,
                watched,
                drivers,
                new PolicyDecider(settings.policies().unmatched()),
                settings.breakGlass().maxDuration(),
                settings.namespace(),
                installation.id(),
                events,
                metrics,
                trail,
                trust::trustBundle,
                clock),
            threads,
            metrics)
        .register(issuing);
    new WebhookRoute("/mutate", reviewer(watched, trust)::review, threads, metrics)
        .register(webhook);
    var stamps =
        StampReviewer.by(
            client,
            settings.namespace(),
            settings.breakGlass().maxDuration(),
            settings.breakGlass().blockWhenUnreviewed(),
            clock);
    for (var path : List.of("/break-glass", "/stamp")) {
      new WebhookRoute(path, stamps::review, threads, metrics).register(webhook);
    }
    index = watched;
    audit = trail;
    servers = serving;
    certificate = trust;
    standing.by(
        () -> serving.stream().allMatch(BrokerServer::listens) && watched.isReady(),
        () -> !trail.brokeOff());
    trust.start();
  }

  private AdmissionReviewer reviewer(WatchedCatalog watched, ServingCertificate trust) {
    var agent = settings.agent();
    var injection =
        new InjectionSettings(
            agent.image(),
            agent.pullPolicy(),
            settings.brokerUrl(),
            agent.port(),
            Map.of("cpu", agent.cpuRequest(), "memory", agent.memoryRequest()),
            Map.of("memory", agent.memoryLimit()),
            settings.namespace());
    var decider =
        new InjectionDecider(
            injection,
            watched,
            new LiveCatalog(client, settings.namespace()),
            drivers::offer,
            trust::trustBundle,
            Clock.systemUTC());
    return new AdmissionReviewer(decider, injection);
  }

  /** While what it is made of still works: Vert.x and the threads go before beans do. */
  synchronized void stop(@Observes(notifyObserver = Reception.IF_EXISTS) ShutdownEvent event) {
    servers.forEach(BrokerServer::close);
    if (certificate != null) {
      certificate.close();
    }
    if (index != null) {
      index.close();
    }
    if (audit != null) {
      audit.close();
    }
  }
}
