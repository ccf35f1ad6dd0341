package dev.hallpass.reconcile;

import static dev.hallpass.reconcile.ControllerScene.account;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * An order to revoke on the lease itself. It changes no generation, so a reconciler that looks at
 * new generations alone would not hear of it.
 */
@ExtendWith(KubeApi.class)
class RevokeOrderIT {
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
  void endsItAtOnce() {
    scene.leading();
    var lease = scene.held(target, "ordered");
    var other = scene.held(target, "other");

    order(lease, "incident 7");

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.Requested);
    assertThat(target.has(account(lease))).isFalse();
    assertThat(scene.phase(other)).isEqualTo(LeasePhase.Active);
  }

  @Test
  void leavesWhatWasIssuedLater() {
    scene.leading();
    var lease = scene.held(target, "ordered");
    var created = Instant.parse(lease.getMetadata().getCreationTimestamp());

    order(lease, created.minusSeconds(1).toString());

    await()
        .during(Duration.ofSeconds(3))
        .atMost(SOON)
        .until(() -> scene.phase(lease) == LeasePhase.Active);
    assertThat(target.has(account(lease))).isTrue();
  }

  private void order(CredentialLease lease, String order) {
    client
        .resource(lease)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\":{\"annotations\":{\"%s\":\"%s\"}}}"
                .formatted(HallpassApi.REVOKE_ANNOTATION, order));
  }
}
