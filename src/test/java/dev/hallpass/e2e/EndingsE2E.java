package dev.hallpass.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.api.v1alpha1.HallpassApi;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What ends a lease although its pod goes on: whoever granted it takes it back. */
@ExtendWith(HallpassCluster.class)
class EndingsE2E {
  private static final Duration SOON = Duration.ofSeconds(60);

  @Test
  void anOpenTransactionDiesWithTheLease(Scene scene) {
    var pod = scene.served("holder");
    var subject = scene.awaitActive(pod).getStatus().subject();
    await("the transaction is open")
        .atMost(SOON)
        .until(() -> scene.database().sessions(subject) == 1);

    scene.client().resources(CredentialLease.class).inNamespace(scene.namespace()).delete();

    await("the session is dead").atMost(SOON).until(() -> scene.database().sessions(subject) == 0);
    await("the user is gone").atMost(SOON).until(() -> !scene.database().exists(subject));
    await("psql was cut off")
        .untilAsserted(() -> assertThat(scene.log(pod)).contains("terminating connection"));
  }

  @Test
  void aDeletedRequest(Scene scene) {
    var pod = scene.served("reader");
    var login = scene.login(pod);

    scene.client().resource(scene.request()).delete();

    scene.assertEnded(pod, login, EndedBy.RequestDeleted);
  }

  @Test
  void aRequestThatNoLongerSelectsThePod(Scene scene) {
    var pod = scene.served("reader");
    var login = scene.login(pod);

    editRequest(
        scene, r -> r.getSpec().workload().selector().matchLabels().put("credentials", "others"));

    scene.assertEnded(pod, login, EndedBy.RequestChanged);
  }

  @Test
  void aRequestThatAsksForAnotherLevel(Scene scene) {
    var pod = scene.served("reader");
    var login = scene.login(pod);

    scene
        .client()
        .resource(scene.request())
        .patch(
            PatchContext.of(PatchType.JSON),
            """
            [{"op": "replace", "path": "/spec/credentials/0/access", "value": "auditor"}]""");

    scene.assertEnded(pod, login, EndedBy.RequestChanged);
  }

  /** With a ttl of 15 minutes, the agent would come back after ten. */
  @Test
  void aRevokedLeaseIsFollowedByAnotherWithinSeconds(Scene scene) {
    var pod = scene.served("reader");
    var login = scene.login(pod);

    scene.client().resources(CredentialLease.class).inNamespace(scene.namespace()).delete();

    await("the pod has another user")
        .atMost(SOON)
        .ignoreExceptions()
        .until(() -> !scene.login(pod).username().equals(login.username()));
    var next = scene.login(pod);
    assertThat(scene.database().admits(next.username(), next.password())).isTrue();
    scene.assertGone(login);
  }

  @Test
  void anOrderOnTheRequest(Scene scene) {
    var pod = scene.served("reader");
    var login = scene.login(pod);

    editRequest(
        scene,
        r ->
            r.getMetadata()
                .setAnnotations(Map.of(HallpassApi.REVOKE_ANNOTATION, Instant.now().toString())));

    scene.assertEnded(pod, login, EndedBy.Requested);
  }

  @Test
  void aDeletedServiceAccount(Scene scene) {
    var pod = scene.served("reader");
    var login = scene.login(pod);

    scene.client().serviceAccounts().inNamespace(scene.namespace()).withName("orders").delete();

    scene.assertEnded(pod, login, EndedBy.ServiceAccountDeleted);
  }

  @Test
  void aProviderThatNoLongerOffersTheLevel(Scene scene) {
    var pod = scene.served("reader");
    var login = scene.login(pod);

    provider(scene)
        .patch(
            PatchContext.of(PatchType.JSON),
            """
            [{"op": "replace", "path": "/spec/access/0/name", "value": "auditor"}]""");

    scene.assertEnded(pod, login, EndedBy.ProviderChanged);
  }

  @Test
  void aDeletedProviderGoesAfterItsLeases(Scene scene) {
    var pod = scene.served("reader");
    var login = scene.login(pod);

    provider(scene).delete();

    scene.assertEnded(pod, login, EndedBy.ProviderChanged);
    await("the provider is gone").atMost(SOON).until(() -> provider(scene).get() == null);
  }

  /** The pod lives and its app holds a session, but nobody renews for it. */
  @Test
  void aTtlThatIsOver(Scene scene) {
    scene.apply("brief.yaml", Map.of("MODE", "Sidecar"));
    var pod = scene.awaitRunning("brief");
    scene.awaitActive(pod);
    var login = scene.login(pod);

    scene.freezeAgent(pod);

    var lease = scene.awaitRevoked(pod, Duration.ofMinutes(3));
    assertThat(lease.getStatus().endedBy()).isEqualTo(EndedBy.Expired);
    scene.assertGone(login);
  }

  /** What was fetched once is extended while the pod lives, but no longer than its level says. */
  @Test
  void aLifetimeThatIsOver(Scene scene) {
    provider(scene)
        .patch(
            PatchContext.of(PatchType.JSON),
            """
            [{"op": "replace", "path": "/spec/access/0/maxTtl", "value": "1m"},
             {"op": "replace", "path": "/spec/access/0/maxLifetime", "value": "80s"}]""");
    scene.apply("brief.yaml", Map.of("MODE", "Init"));
    var pod = scene.awaitRunning("brief");
    var active = scene.awaitActive(pod);
    var login = scene.login(pod);

    var lease = scene.awaitRevoked(pod, Duration.ofMinutes(3));

    assertThat(lease.getStatus().endedBy()).isEqualTo(EndedBy.Expired);
    assertThat(Instant.parse(lease.getStatus().endedAt()))
        .isAfter(Instant.parse(active.getStatus().expiresAt()));
    scene.assertGone(login);
  }

  @Test
  void aDeletedNamespace(Scene scene) {
    var pod = scene.served("reader");
    var login = scene.login(pod);

    scene.client().namespaces().withName(scene.namespace()).delete();

    await("the namespace is gone")
        .atMost(Duration.ofMinutes(2))
        .until(() -> scene.client().namespaces().withName(scene.namespace()).get() == null);
    scene.assertGone(login);
    assertThat(scene.client().pods().resource(pod).get()).isNull();
  }

  /** Of three accounts that no lease names, only the one that is this installation's goes. */
  @Test
  void theSweepRemovesWhatIsOursAndLeavesTheRest(Scene scene) {
    var ours = scene.login(scene.served("reader")).username();
    var orphan = ours.substring(0, "hp_00000000_".length()) + "0".repeat(32);
    var others = List.of("hp_deadbeef_" + "0".repeat(32), "hp_person", "orders_reader");
    scene.database().createRole(orphan);
    scene.database().createRole(others.get(0));
    scene.database().createRole(others.get(1));
    try {
      await("the orphan is swept")
          .atMost(Duration.ofMinutes(3))
          .until(() -> !scene.database().exists(orphan));

      assertThat(others).allMatch(scene.database()::exists);
      assertThat(scene.database().exists(ours)).isTrue();
    } finally {
      scene.database().dropRole(others.get(0));
      scene.database().dropRole(others.get(1));
    }
  }

  private static void editRequest(Scene scene, Consumer<CredentialRequest> change) {
    scene
        .client()
        .resources(CredentialRequest.class)
        .inNamespace(scene.namespace())
        .withName("db")
        .edit(
            r -> {
              change.accept(r);
              return r;
            });
  }

  private static Resource<CredentialProvider> provider(Scene scene) {
    return scene
        .client()
        .resources(CredentialProvider.class)
        .inNamespace(scene.namespace())
        .withName("orders-postgres");
  }
}
