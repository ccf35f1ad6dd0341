package dev.hallpass.reconcile;

import static dev.hallpass.reconcile.ControllerScene.account;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.BreakGlassStatus.Phase;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.audit.AuditEvent;
import dev.hallpass.kube.Conditions;
import dev.hallpass.notification.Receiver;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.NoticeReceiver;
import io.cloudevents.CloudEvent;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of break-glasses, and of the leases that were issued under them. */
@ExtendWith(KubeApi.class)
class BreakGlassEndingsIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration A_WHILE = Duration.ofSeconds(3);

  private final LedgerDriver target = new LedgerDriver();
  private KubernetesClient client;
  @AutoClose private ControllerScene scene;

  @BeforeEach
  void setUp(KubeApi api) {
    client = api.client();
    scene = new ControllerScene(api, target);
  }

  private BreakGlass open(String name) {
    return client.resource(BreakGlassManifests.of(scene.namespace(), name)).create();
  }

  private BreakGlass now(BreakGlass breakGlass) {
    return client.resource(breakGlass).get();
  }

  private void awaitPhase(BreakGlass breakGlass, Phase phase) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(now(breakGlass).getStatus()).extracting("phase").isEqualTo(phase));
  }

  @Test
  void endsByItselfAndTakesItsLeasesAlong() {
    scene.breakGlassLastsAtMost(Duration.ofSeconds(20));
    scene.leading();
    var ordinary = scene.held(target, "ordinary");
    var open = open("inc-7");
    scene.under(open);
    var under = scene.held(target, "under");
    awaitPhase(open, Phase.Open);

    assertThat(scene.revoked(under, SOON).endedBy()).isEqualTo(EndedBy.BreakGlassEnded);

    assertThat(target.has(account(under))).isFalse();
    assertThat(scene.phase(ordinary)).isEqualTo(LeasePhase.Active);
    awaitPhase(open, Phase.Ended);
    assertThat(now(open).getStatus().unreviewedSince()).isEqualTo(now(open).getStatus().endsAt());
    assertThat(Conditions.find(now(open).getStatus().conditions(), Conditions.REVIEWED))
        .hasValueSatisfying(
            c -> {
              assertThat(c.getStatus()).isEqualTo("False");
              assertThat(c.getMessage()).endsWith("has waited less than an hour for its review");
            });
  }

  @Test
  void isLoudOnEverythingItConcerns() {
    scene.leading();
    var open = open("inc-7");
    awaitPhase(open, Phase.Open);
    client.resource(open).delete();
    awaitPhase(open, Phase.Ended);

    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(warnings("BreakGlass", "inc-7"))
                  .extracting(Event::getReason)
                  .contains("BreakGlassOpen", "BreakGlassUnreviewed");
              assertThat(warnings("CredentialRequest", "orders-db"))
                  .extracting(Event::getMessage)
                  .anySatisfy(
                      message ->
                          assertThat(message)
                              .contains("inc-7", "ada", "INC-7", "the approvers are out"));
            });
  }

  private List<Event> warnings(String kind, String name) {
    return client.v1().events().inNamespace(scene.namespace()).list().getItems().stream()
        .filter(e -> e.getType().equals("Warning"))
        .filter(e -> e.getInvolvedObject().getKind().equals(kind))
        .filter(e -> e.getInvolvedObject().getName().equals(name))
        .toList();
  }

  @Test
  void whoeverDeletesItEndsItAndItStaysUntilItIsReviewed() {
    scene.leading();
    var open = open("inc-7");
    scene.under(open);
    var under = scene.held(target, "under");
    awaitPhase(open, Phase.Open);
    assertThat(scene.phase(under)).isEqualTo(LeasePhase.Active);

    client.resource(open).delete();

    assertThat(scene.revoked(under, SOON).endedBy()).isEqualTo(EndedBy.BreakGlassEnded);
    awaitPhase(open, Phase.Ended);
    await().during(A_WHILE).atMost(SOON).until(() -> now(open) != null);

    BreakGlassManifests.review(client, open);
    await().atMost(SOON).until(() -> now(open) == null);
  }

  @Test
  void aReviewedOneStaysToBeRead() {
    scene.breakGlassLastsAtMost(Duration.ofSeconds(1));
    scene.leading();
    var open = open("inc-7");
    awaitPhase(open, Phase.Ended);

    BreakGlassManifests.review(client, open);

    awaitPhase(open, Phase.Reviewed);
    assertThat(scene.audit().said(AuditEvent.BreakGlassStep.class))
        .filteredOn(step -> step.uid().equals(open.getMetadata().getUid()))
        .extracting(step -> step.stage() + " " + step.by())
        .containsExactly("Opened ada", "Ended null", "Reviewed grace");
    assertThat(Conditions.holds(now(open).getStatus().conditions(), Conditions.REVIEWED)).isTrue();
    client.resource(open).delete();
    await().atMost(SOON).until(() -> now(open) == null);
  }

  @Test
  void holdsNoNamespaceUp() {
    scene.leading();
    var open = open("inc-7");
    awaitPhase(open, Phase.Open);

    client.namespaces().withName(scene.namespace()).delete();
    client.resource(open).delete();

    await().atMost(SOON).until(() -> now(open) == null);
  }

  @Test
  void tellsTheReceiverOnceWhateverControllerLeads() {
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("hooks")
                .withNamespace(scene.namespace())
                .endMetadata()
                .withStringData(Map.of(Receiver.KEYS, NoticeReceiver.KEY))
                .build())
        .create();
    try (var receiver = NoticeReceiver.plain()) {
      scene.tell(new Receiver(receiver.url(), "hooks"));
      scene.breakGlassLastsAtMost(Duration.ofSeconds(1));
      receiver.answers(503);
      var first = scene.leading();
      var open = open("inc-7");
      awaitPhase(open, Phase.Ended);
      first.close();
      receiver.answers(204);
      scene.leading();
      await()
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(told(receiver))
                      .extracting(CloudEvent::getType)
                      .containsExactly(
                          "dev.hallpass.breakglass.opened", "dev.hallpass.breakglass.ended"));
      BreakGlassManifests.review(client, open);
      await().atMost(SOON).until(() -> told(receiver).size() == 3);

      await().during(A_WHILE).atMost(SOON).until(() -> told(receiver).size() == 3);
      assertThat(receiver.refused()).isEmpty();
    }
  }

  /** The controller sees the break-glasses of all tests. */
  private List<CloudEvent> told(NoticeReceiver receiver) {
    return receiver.taken().stream()
        .filter(e -> (scene.namespace() + "/breakglasses/inc-7").equals(e.getSubject()))
        .toList();
  }
}
