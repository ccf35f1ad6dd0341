package dev.hallpass.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.audit.AuditStore;
import dev.hallpass.kube.Events;
import dev.hallpass.pki.Lifetimes;
import dev.hallpass.pki.Pem;
import dev.hallpass.pki.Rotation;
import dev.hallpass.pki.ServingNames;
import dev.hallpass.pki.ServingState;
import dev.hallpass.provider.Drivers;
import dev.hallpass.reconcile.certificates.AuditKeyKeeper;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the kubelet is told of processes whose trail is written, waits, or broke off. */
@ExtendWith(KubeApi.class)
class ProbesIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  /** Fails the thread that writes the trail, as nothing of its own should, and nobody else. */
  private static final class BrokenClock extends Clock {
    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      if (Thread.currentThread().getName().equals("audit")) {
        throw new IllegalStateException("the test's clock stands");
      }
      return Instant.now();
    }
  }

  @TempDir private Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final MeterRegistry metrics = new SimpleMeterRegistry();
  private final Standing standing = new Standing();
  private final Installation installation = new Installation("b10c0de5");
  private final Drivers drivers = new Drivers(List.of());
  private KubeApi kube;
  private Settings settings;
  private Events events;

  @BeforeEach
  void prepare(KubeApi api) {
    kube = api;
    settings = settings();
    events = new Events(kube.client(), Clock.systemUTC());
    var serving =
        new Rotation(new ServingNames(List.of("localhost")), Lifetimes.DEFAULT, new SecureRandom())
            .next(ServingState.EMPTY, Instant.now());
    var identity = serving.leaf();
    kube.client()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName(CertificateSource.HALLPASS.secret())
                .withNamespace(kube.namespace())
                .endMetadata()
                .addToStringData("tls.crt", Pem.encode(List.of(identity.certificate())))
                .addToStringData("tls.key", Pem.encode(identity.key()).reveal())
                .addToStringData(
                    CertificateSource.HALLPASS.bundleKey(), Pem.encode(serving.bundle()))
                .build())
        .create();
  }

  @AfterEach
  void close() {
    events.close();
    threads.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private Settings settings() {
    return new SmallRyeConfigBuilder()
        .addDefaultInterceptors()
        .addDiscoveredConverters()
        .withMapping(Settings.class)
        .withDefaultValues(
            Map.of(
                "hallpass.namespace", kube.namespace(),
                "hallpass.identity", "probed-1",
                "hallpass.port", "0",
                "hallpass.webhook-port", "0",
                "hallpass.audit.stdout.enabled", "false",
                "hallpass.audit.file.folder", folder.toString()))
        .build()
        .getConfigMapping(Settings.class);
  }

  private void makeKey() {
    new AuditKeyKeeper(kube.client(), kube.namespace(), new SecureRandom()).reconcile();
  }

  private Trails trails(Clock clock) {
    return new Trails(settings, kube.client(), installation, clock, metrics);
  }

  private BrokerProcess broker(Clock trailsClock) {
    return new BrokerProcess(
        settings,
        kube.client(),
        drivers,
        installation,
        standing,
        events,
        Clock.systemUTC(),
        vertx,
        metrics,
        trails(trailsClock),
        threads);
  }

  private Status readiness() {
    return new ReadinessProbe(standing).call().getStatus();
  }

  private Status liveness() {
    return new LivenessProbe(standing).call().getStatus();
  }

  @Test
  void aProcessThatHasNotBegunIsAliveAndNotReady() {
    assertThat(liveness()).isEqualTo(Status.UP);
    assertThat(readiness()).isEqualTo(Status.DOWN);
  }

  @Test
  void aBrokerThatRecordsIsReadyAndAlive() {
    makeKey();
    var broker = broker(Clock.systemUTC());
    try {
      broker.start();

      await().atMost(SOON).until(() -> readiness() == Status.UP);
      await().atMost(SOON).until(this::hasRecorded);
      assertThat(liveness()).isEqualTo(Status.UP);
    } finally {
      broker.stop(null);
    }
  }

  /** The meter is there from the first record on. */
  private boolean hasRecorded() {
    return metrics.find("hallpass.audit.records").counters().stream().anyMatch(c -> c.count() > 0);
  }

  /** It answers, so that pods are created and hear why they wait; a restart would not help. */
  @Test
  void aBrokerThatCannotRecordYetIsReadyAndAlive() {
    var broker = broker(Clock.systemUTC());
    try {
      broker.start();

      await().atMost(SOON).until(() -> readiness() == Status.UP);
      assertThat(kube.client().secrets().inNamespace(kube.namespace()).list().getItems())
          .noneMatch(s -> s.getMetadata().getName().equals(AuditStore.KEY_SECRET));
      assertThat(liveness()).isEqualTo(Status.UP);
    } finally {
      broker.stop(null);
    }
  }

  /** It goes on answering until the kubelet restarts it, which is what helps. */
  @Test
  void aBrokerWhoseTrailBrokeOffIsReadyAndNotAlive() {
    makeKey();
    var broker = broker(new BrokenClock());
    try {
      broker.start();

      await().atMost(SOON).until(() -> liveness() == Status.DOWN);
      await().atMost(SOON).until(() -> readiness() == Status.UP);
    } finally {
      broker.stop(null);
    }
  }

  @Test
  void aControllerWhoseTrailBrokeOffIsNotAlive() {
    makeKey();
    var controller =
        new ControllerProcess(
            settings,
            kube.client(),
            drivers,
            installation,
            standing,
            Clock.systemUTC(),
            metrics,
            trails(new BrokenClock()));
    try {
      controller.start();

      await().atMost(SOON).until(() -> readiness() == Status.UP);
      await().atMost(SOON).until(() -> liveness() == Status.DOWN);
    } finally {
      controller.stop(null);
    }
  }
}
