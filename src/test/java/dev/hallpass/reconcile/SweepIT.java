package dev.hallpass.reconcile;

import static dev.hallpass.reconcile.ControllerScene.INSTALLATION;
import static dev.hallpass.reconcile.ControllerScene.account;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.provider.Subject;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(KubeApi.class)
class SweepIT {
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

  /** A broker whose watch lags, or that stalled before it wrote the lease, comes late. */
  @Test
  void aDeletedProviderStaysForALeaseThatComesLate() {
    scene.leading();
    var pod = scene.pod("late");
    deleteProvider();
    await()
        .during(Duration.ofMillis(500))
        .atMost(SOON)
        .until(() -> provider().get() != null && provider().get().isMarkedForDeletion());

    var lease = scene.create(pod);
    target.add(account(lease));

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.ProviderChanged);
    await().atMost(SOON).until(() -> provider().get() == null);
    assertThat(target.has(account(lease))).isFalse();
  }

  @Test
  void theTargetOfADeletedProviderIsSweptBeforeItGoes() {
    scene.leading();
    deleteProvider();
    var orphan = new Subject(INSTALLATION, UUID.randomUUID()).name();
    target.add(orphan);

    await().atMost(SOON).until(() -> provider().get() == null);

    assertThat(target.has(orphan)).isFalse();
  }

  @Test
  void aTargetThatDoesNotAnswerKeepsNoProvider() {
    scene.leading();
    target.goDown();
    deleteProvider();

    await().atMost(SOON).until(() -> provider().get() == null);
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(client.v1().events().inNamespace(scene.namespace()).list().getItems())
                    .extracting(Event::getMessage)
                    .anyMatch(m -> m.startsWith("Not searched for accounts")));
  }

  /** As soon as it has its finalizer; nothing of it is live. */
  private void deleteProvider() {
    await().atMost(SOON).until(() -> !provider().get().getMetadata().getFinalizers().isEmpty());
    provider().delete();
  }

  private Resource<CredentialProvider> provider() {
    return client
        .resources(CredentialProvider.class)
        .inNamespace(scene.namespace())
        .withName("orders-postgres");
  }
}
