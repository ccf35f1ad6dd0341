package dev.hallpass.reconcile;

import static dev.hallpass.reconcile.ControllerScene.INSTALLATION;
import static dev.hallpass.reconcile.ControllerScene.account;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.provider.Subject;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(KubeApi.class)
class SweepIT {
  private static final Duration SOON = Duration.ofSeconds(10);

  private final LedgerDriver target = new LedgerDriver();
  private KubernetesClient client;
  @AutoClose private ControllerScene scene;

  @BeforeEach
  void setUp(KubeApi api) {
    client = api.client();
    scene = new ControllerScene(api, target);
  }

  @Test
  void removesOrphansAndNothingElse() {
    var orphan = new Subject(INSTALLATION, UUID.randomUUID()).name();
    var foreign = new Subject("ffffffff", UUID.randomUUID()).name();
    var person = "alice";
    var lease = scene.active(scene.pod("living"));
    var pending = scene.create(scene.pod("starting"));
    target.add(orphan);
    target.add(foreign);
    target.add(person);
    target.add(account(lease));
    target.add(account(pending));

    scene.leading();

    await().atMost(SOON).until(() -> !target.has(orphan));
    assertThat(target.has(foreign)).isTrue();
    assertThat(target.has(person)).isTrue();
    assertThat(target.has(account(lease))).isTrue();
    assertThat(scene.phase(lease)).isEqualTo(LeasePhase.Active);
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                // Providers of other tests lead to the same target: any of them may find it.
                assertThat(client.v1().events().inAnyNamespace().list().getItems())
                    .filteredOn(e -> e.getReason().equals("OrphanRemoved"))
                    .extracting(Event::getMessage)
                    .anyMatch(m -> m.contains(orphan)));
  }

  @Test
  void removesWhatAStalledBrokerMintsForARevokedLease() {
    scene.leading();
    var lease = scene.active(scene.pod("stalled"));
    scene.forceDeletePod("stalled");
    scene.revoked(lease, SOON);

    target.add(account(lease));

    await().atMost(SOON).until(() -> !target.has(account(lease)));
  }
}
