package dev.hallpass.reconcile;

import static dev.hallpass.reconcile.ControllerScene.TIMES;
import static dev.hallpass.reconcile.ControllerScene.account;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(KubeApi.class)
class LeadershipIT {
  private final LedgerDriver target = new LedgerDriver();
  private KubernetesClient client;
  @AutoClose private ControllerScene scene;

  @BeforeEach
  void setUp(KubeApi api) {
    client = api.client();
    scene = new ControllerScene(api, target);
  }

  @Test
  void oneLeadsAndTheOtherTakesOver() {
    var first = scene.leading();
    var second = scene.controller("two", TIMES);
    await().during(Duration.ofSeconds(4)).atMost(60, SECONDS).until(() -> !second.leads());
    assertThat(second.healthy()).isTrue();

    first.close();

    await().atMost(60, SECONDS).until(second::leads);
    assertThat(scene.lost()).isEmpty();
    var lease = scene.active(scene.pod("late"));
    target.add(account(lease));
    scene.forceDeletePod("late");
    scene.revoked(lease, Duration.ofSeconds(60));
  }

  @Test
  void saysThatItLostTheLead() {
    scene.leading();

    // The leader writes the Lease too: its renewal may come between.
    await()
        .atMost(60, SECONDS)
        .ignoreException(KubernetesClientException.class)
        .until(() -> usurp() != null);

    await().atMost(60, SECONDS).until(() -> scene.lost().contains("one"));
  }

  private Lease usurp() {
    return client
        .leases()
        .inNamespace(scene.namespace())
        .withName(Leadership.LEASE)
        .edit(l -> new LeaseBuilder(l).editSpec().withHolderIdentity("usurper").endSpec().build());
  }
}
