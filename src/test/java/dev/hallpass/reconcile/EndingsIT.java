package dev.hallpass.reconcile;

import static dev.hallpass.reconcile.ControllerScene.account;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialLeaseSpec.Replaced;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.kube.Conditions;
import dev.hallpass.lease.LeaseTimes;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(KubeApi.class)
class EndingsIT {
  private static final Duration A_SECOND = Duration.ofSeconds(1);
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
  void revokesOnAForcedDeletion() {
    scene.leading();
    var lease = scene.held(target, "forced");
    var other = scene.held(target, "other");

    scene.forceDeletePod("forced");

    var status = scene.revoked(lease, SOON);
    assertThat(status.endedBy()).isEqualTo(EndedBy.PodDeleted);
    assertThat(status.endedAt()).isNotNull();
    assertThat(status.revokedAt()).isNotNull();
    assertThat(Conditions.holds(status.conditions(), Conditions.REVOKED)).isTrue();
    assertThat(target.has(account(lease))).isFalse();
    assertThat(target.revocations()).isEqualTo(1);
    assertThat(scene.phase(other)).isEqualTo(LeasePhase.Active);
  }

  @Test
  void keepsAGracefulPodUntilItsContainersStop() {
    scene.leading();
    var lease = scene.held(target, "graceful");

    scene.deletePod("graceful");
    await().during(Duration.ofSeconds(1)).until(() -> scene.phase(lease) == LeasePhase.Active);
    scene.containerStops("graceful");

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.PodDeleted);
  }

  @Test
  void revokesOnCompletion() {
    scene.leading();
    var lease = scene.held(target, "job");

    scene.containerStops("job");

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.PodCompleted);
    assertThat(target.has(account(lease))).isFalse();
  }

  @Test
  void revokesWhatEndedWhileItWasDown() {
    var lease = scene.held(target, "early");
    scene.forceDeletePod("early");

    scene.controller();

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.PodDeleted);
    assertThat(target.has(account(lease))).isFalse();
  }

  @Test
  void revokesWhenTheTtlIsOver() {
    scene.leading();
    var lease = scene.active(scene.pod("slow"), Instant.now().plusSeconds(2));
    target.add(account(lease));

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.Expired);
  }

  @Test
  void extendsWhatAnInitContainerFetchedWhileItsPodLives() {
    scene.leading();
    var pod = scene.pod("fetcher");
    var lease = scene.fetchedOnce(pod, Instant.now().plusSeconds(60));
    target.add(account(lease));

    await()
        .atMost(SOON)
        .until(
            () ->
                Instant.parse(scene.now(lease).getStatus().expiresAt())
                    .isAfter(Instant.now().plusSeconds(800)));
    assertThat(target.has(account(lease))).isTrue();

    scene.forceDeletePod("fetcher");
    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.PodDeleted);
  }

  @Test
  void revokesTheOldAccountOnceItsSuccessorHasTakenOver() {
    scene.leading();
    var pod = scene.pod("rotating");
    var old = scene.active(pod);
    target.add(account(old));
    var replaces = new Replaced(old.getMetadata().getName(), "1s");
    var fresh = scene.activate(scene.create(pod, replaces), Instant.now().plusSeconds(900));
    target.add(account(fresh));

    assertThat(scene.revoked(old, SOON).endedBy()).isEqualTo(EndedBy.Superseded);

    assertThat(target.has(account(old))).isFalse();
    assertThat(target.has(account(fresh))).isTrue();
    assertThat(scene.phase(fresh)).isEqualTo(LeasePhase.Active);
  }

  @Test
  void revokesWhatWasNeverAcknowledgedNorMinted() {
    scene.leading();
    var lease = scene.create(scene.pod("silent"));

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.Unacknowledged);
    assertThat(target.revocations()).isEqualTo(1);
  }

  @Test
  void revokesWhenTheRequestIsDeleted() {
    scene.leading();
    var lease = scene.held(target, "asked");

    client.resources(CredentialRequest.class).inNamespace(scene.namespace()).delete();

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.RequestDeleted);
  }

  @Test
  void revokesWhenTheRequestSelectsOthers() {
    scene.leading();
    var lease = scene.held(target, "selected");

    client
        .resources(CredentialRequest.class)
        .inNamespace(scene.namespace())
        .withName("orders-db")
        .edit(
            r -> {
              r.getSpec().workload().selector().matchLabels().put("app", "other");
              return r;
            });

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.RequestChanged);
  }

  @Test
  void revokesWhenTheServiceAccountIsDeleted() {
    scene.leading();
    var lease = scene.held(target, "disowned");

    client.serviceAccounts().inNamespace(scene.namespace()).withName("orders").delete();

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.ServiceAccountDeleted);
  }

  @Test
  void revokesWhatAnAnnotationOfTheRequestAsksFor() {
    scene.leading();
    var lease = scene.held(target, "ordered");

    client
        .resources(CredentialRequest.class)
        .inNamespace(scene.namespace())
        .withName("orders-db")
        .edit(
            r -> {
              r.getMetadata().setAnnotations(Map.of(HallpassApi.REVOKE_ANNOTATION, "incident 7"));
              return r;
            });

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.Requested);
  }

  @Test
  void revokesWhatAnAnnotationOfThePodAsksFor() {
    scene.leading();
    var lease = scene.held(target, "ordered");

    client
        .pods()
        .inNamespace(scene.namespace())
        .withName("ordered")
        .edit(
            p -> {
              p.getMetadata()
                  .setAnnotations(
                      Map.of(
                          HallpassApi.REVOKE_ANNOTATION, Instant.now().plusSeconds(1).toString()));
              return p;
            });

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.Requested);
  }

  @Test
  void tellsTheAgentOfALivePodThatItsLeaseHasEnded() throws IOException {
    scene.leading();
    try (var agent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      agent.setSoTimeout((int) SOON.toMillis());
      var lease = scene.active(scene.podWithAgent("told", agent.getLocalPort()));
      target.add(account(lease));

      client.resource(lease).delete();

      try (var caller = agent.accept()) {
        assertThat(target.has(account(lease))).as("nothing to tell before").isFalse();
        var said = caller.getInputStream().readNBytes("POST /check HTTP/1.1\r\n".length());
        assertThat(new String(said, US_ASCII)).isEqualTo("POST /check HTTP/1.1\r\n");
        caller.getOutputStream().write("HTTP/1.1 202 Accepted\r\n\r\n".getBytes(US_ASCII));
      }
      await().atMost(SOON).until(() -> client.resource(lease).get() == null);
    }
  }

  @Test
  void anAgentThatDoesNotAnswerHoldsNothingUp() throws IOException {
    scene.leading();
    try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var lease = scene.active(scene.podWithAgent("silent", silent.getLocalPort()));
      target.add(account(lease));

      client.resource(lease).delete();

      await().atMost(SOON).until(() -> client.resource(lease).get() == null);
      assertThat(target.has(account(lease))).isFalse();
    }
  }

  @Test
  void letsADeletedLeaseGoOnceItIsRevoked() {
    scene.leading();
    var lease = scene.held(target, "cut");

    client.resource(lease).delete();

    await().atMost(SOON).until(() -> client.resource(lease).get() == null);
    assertThat(target.has(account(lease))).isFalse();
  }

  @Test
  void revokesWhenTheNodeIsLost() {
    scene.leading();
    var lease = scene.held(target, "stranded");

    scene.nodeReady("Unknown", Instant.now());

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.NodeLost);
  }

  @Test
  void sparesANodeThatComesBackInTime() {
    scene.controller("one", new LeaseTimes(SOON, Duration.ofSeconds(10), SOON));
    var lease = scene.held(target, "lucky");

    scene.nodeReady("Unknown", Instant.now());
    scene.nodeReady("True", Instant.now());

    await()
        .during(Duration.ofSeconds(11))
        .atMost(SOON)
        .until(() -> scene.phase(lease) == LeasePhase.Active);
  }

  @Test
  void triesAgainUntilTheTargetAnswers() {
    scene.leading();
    var lease = scene.held(target, "unlucky");
    target.goDown();

    scene.forceDeletePod("unlucky");

    await().atMost(SOON).until(() -> scene.phase(lease) == LeasePhase.Revoking);
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              var failed = scene.condition(lease, Conditions.REVOCATION_FAILED);
              assertThat(failed.getReason()).isEqualTo("TargetUnreachable");
              assertThat(failed.getMessage()).isEqualTo("connection refused");
            });
    target.comeUp();
    var status = scene.revoked(lease, SOON);
    assertThat(status.endedBy()).isEqualTo(EndedBy.PodDeleted);
    assertThat(Conditions.find(status.conditions(), Conditions.REVOCATION_FAILED)).isEmpty();
    assertThat(target.has(account(lease))).isFalse();
  }

  @Test
  void saysOnLeaseAndRequestWhatFailed() {
    scene.leading();
    scene.held(target, "noisy");
    target.goDown();

    scene.forceDeletePod("noisy");

    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(client.v1().events().inNamespace(scene.namespace()).list().getItems())
                    .filteredOn(e -> e.getReason().equals("RevocationFailed"))
                    .extracting(e -> e.getInvolvedObject().getKind())
                    .containsExactlyInAnyOrder("CredentialLease", "CredentialRequest"));
  }

  @Test
  void removesARevokedLeaseAfterItsRetention() {
    scene.controller("one", new LeaseTimes(SOON, A_SECOND, Duration.ofSeconds(8)));
    var lease = scene.held(target, "kept");

    scene.forceDeletePod("kept");

    scene.revoked(lease, SOON);
    await().atMost(60, SECONDS).until(() -> client.resource(lease).get() == null);
  }

  @Test
  void sparesWhatLivesWhenItStarts() {
    var leases =
        List.of("a", "b", "c", "d", "e", "f").stream().map(pod -> scene.held(target, pod)).toList();

    for (var turn = 0; turn < 2; turn++) {
      var controller = scene.leading();
      await()
          .during(Duration.ofSeconds(2))
          .atMost(SOON)
          .until(() -> leases.stream().allMatch(l -> scene.phase(l) == LeasePhase.Active));
      controller.close();
    }

    assertThat(target.revocations()).isZero();
    assertThat(leases)
        .allSatisfy(
            l ->
                assertThat(scene.now(l).getMetadata().getResourceVersion())
                    .isEqualTo(l.getMetadata().getResourceVersion()));
  }

  @Test
  void providerGoesAfterItsLeases() {
    scene.leading();
    var lease = scene.held(target, "served");
    await()
        .atMost(SOON)
        .until(
            () ->
                !client
                    .resources(CredentialProvider.class)
                    .inNamespace(scene.namespace())
                    .withName("orders-postgres")
                    .get()
                    .getMetadata()
                    .getFinalizers()
                    .isEmpty());

    client.resources(CredentialProvider.class).inNamespace(scene.namespace()).delete();

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.ProviderChanged);
    await()
        .atMost(SOON)
        .until(
            () ->
                client
                    .resources(CredentialProvider.class)
                    .inNamespace(scene.namespace())
                    .list()
                    .getItems()
                    .isEmpty());
  }

  @Test
  void revokesWithTheSecretItLastReadWhileItsProviderGoes() {
    scene.leading();
    var lease = scene.held(target, "orphaned");
    var provider =
        client
            .resources(CredentialProvider.class)
            .inNamespace(scene.namespace())
            .withName("orders-postgres");
    await().atMost(SOON).until(() -> provider.get().getStatus() != null);

    client.secrets().inNamespace(scene.namespace()).delete();
    provider.delete();

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.ProviderChanged);
    await().atMost(SOON).until(() -> provider.get() == null);
    assertThat(target.has(account(lease))).isFalse();
  }
}
