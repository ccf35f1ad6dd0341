package dev.hallpass.reconcile;

import static dev.hallpass.reconcile.ControllerScene.INSTALLATION;
import static dev.hallpass.reconcile.ControllerScene.account;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.provider.Subject;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the controller counts, and people are alerted by: {@code docs/reference/metrics.md}. */
@ExtendWith(KubeApi.class)
class MetersIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  private final LedgerDriver target = new LedgerDriver();
  private KubernetesClient client;
  @AutoClose private ControllerScene scene;

  @BeforeEach
  void setUp(KubeApi api) {
    client = api.client();
    scene = new ControllerScene(api, target);
  }

  @Test
  void countsRevocationsByWhatEndedThemAndAttemptsInVain() {
    scene.leading();
    var lease = scene.held(target, "unlucky");
    await().atMost(SOON).until(() -> gauge("hallpass.leases", "phase", "Active") >= 1);
    target.goDown();

    scene.forceDeletePod("unlucky");

    await()
        .atMost(SOON)
        .until(() -> count("hallpass.revocation.failures", "reason", "TargetUnreachable") >= 1);
    await().atMost(SOON).until(() -> gauge("hallpass.leases", "phase", "Revoking") >= 1);
    target.comeUp();
    scene.revoked(lease, SOON);
    await()
        .atMost(SOON)
        .until(
            () ->
                scene.meters().find("hallpass.revocation").tags("ended_by", "PodDeleted").timer()
                    != null);
    var timer = scene.meters().get("hallpass.revocation").tags("ended_by", "PodDeleted").timer();
    assertThat(timer.count()).isPositive();
    assertThat(timer.totalTime(TimeUnit.NANOSECONDS)).isPositive();
  }

  @Test
  void countsTheAccountsThatNoLeaseNamed() {
    target.add(new Subject(INSTALLATION, UUID.randomUUID()).name());
    target.add(new Subject(INSTALLATION, UUID.randomUUID()).name());

    scene.leading();

    await().atMost(SOON).until(() -> count("hallpass.orphans.removed") >= 2);
  }

  @Test
  void countsTheAgentsThatHeardOfAnEndAndThoseThatDidNot() throws IOException {
    scene.leading();
    try (var hears = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      hears.setSoTimeout((int) SOON.toMillis());
      var ends = scene.active(scene.podWithAgent("hears", hears.getLocalPort()));
      target.add(account(ends));
      client.resource(ends).delete();
      try (var caller = hears.accept()) {
        caller.getOutputStream().write("HTTP/1.1 202 Accepted\r\n\r\n".getBytes(US_ASCII));
      }
      await().atMost(SOON).until(() -> count("hallpass.agent.wakes", "outcome", "heard") >= 1);

      var unheard = scene.active(scene.podWithAgent("silent", silent.getLocalPort()));
      target.add(account(unheard));
      client.resource(unheard).delete();

      await().atMost(SOON).until(() -> count("hallpass.agent.wakes", "outcome", "unheard") >= 1);
    }
  }

  @Test
  void showsTheBreakGlassesThatAreOpenAndThoseThatNobodyHasReviewed() {
    forgetThoseOfOtherTests();
    scene.leading();
    assertThat(gauge("hallpass.breakglass.open")).isZero();

    var open = client.resource(BreakGlassManifests.of(scene.namespace(), "inc-7")).create();
    await().atMost(SOON).until(() -> gauge("hallpass.breakglass.open") == 1);
    assertThat(gauge("hallpass.breakglass.unreviewed")).isZero();

    client.resource(open).delete();
    await().atMost(SOON).until(() -> gauge("hallpass.breakglass.unreviewed") == 1);
    assertThat(gauge("hallpass.breakglass.open")).isZero();

    BreakGlassManifests.review(client, open);
    await().atMost(SOON).until(() -> gauge("hallpass.breakglass.unreviewed") == 0);
  }

  @Test
  void countsTheBreakGlassesThatTheirNamespaceTookAlong() {
    scene.leading();
    var open = client.resource(BreakGlassManifests.of(scene.namespace(), "inc-7")).create();
    await().atMost(SOON).until(() -> client.resource(open).get().getStatus() != null);

    client.namespaces().withName(scene.namespace()).delete();
    client.resource(open).delete();

    await().atMost(SOON).until(() -> count("hallpass.breakglass.lost") == 1);
  }

  /** The gauges are of the whole cluster. */
  private void forgetThoseOfOtherTests() {
    for (var other : client.resources(BreakGlass.class).inAnyNamespace().list().getItems()) {
      client
          .resource(other)
          .edit(
              b -> {
                b.getMetadata().setFinalizers(List.of());
                return b;
              });
      client.resource(other).delete();
    }
  }

  private double count(String meter, String... tags) {
    var counter = scene.meters().find(meter).tags(tags).counter();
    return counter == null ? 0 : counter.count();
  }

  private double gauge(String meter, String... tags) {
    return scene.meters().get(meter).tags(tags).gauge().value();
  }
}
