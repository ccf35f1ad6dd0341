package dev.hallpass.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.BreakGlassStatus.Phase;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.testing.NamespacePolicies;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An incident, from the denial to the review. */
@ExtendWith(HallpassCluster.class)
class BreakGlassE2E {
  private static final String CLOSED =
      """
      breakGlass: %s
      validations: [{expression: 'false', reason: Closed, message: nothing today}]
      """;
  private static final String REVIEW =
      """
      {"spec":{"review":{"outcome":"FollowUp","comment":"right; Sundays need a rule","reviewedBy":{"username":"ada"}}}}""";

  @Test
  void aPodGetsWhatTheIncidentNeedsAndLosesItAtTheEnd(Scene scene) {
    try (var policies = new NamespacePolicies(scene.client(), scene.namespace());
        var ada = as(scene, "ada");
        var grace = as(scene, "grace")) {
      policies.apply("closed", CLOSED.formatted("Skip"));
      scene.apply("reader.yaml");
      var waiting = scene.firstPod("reader");
      await("the pod is denied").atMost(Duration.ofMinutes(1)).until(() -> denied(scene));
      assertThat(scene.leases()).isEmpty();

      var open = ada.resource(breakGlass(scene)).create();
      assertThat(open.getSpec().openedBy().username()).isEqualTo("ada");
      var pod = scene.awaitRunning("reader");
      assertThat(pod.getMetadata().getUid()).isEqualTo(waiting.getMetadata().getUid());
      var lease = scene.awaitActive(pod);
      assertThat(lease.getSpec().breakGlass().name()).isEqualTo("inc-7");
      var login = scene.login(pod);

      await("the break-glass ends by itself")
          .atMost(Duration.ofMinutes(4))
          .until(() -> now(scene, open).getStatus().phase() == Phase.Ended);
      scene.assertEnded(pod, login, EndedBy.BreakGlassEnded);

      assertThatThrownBy(() -> review(ada, open))
          .hasMessageContaining("ada opened it; somebody else must review it");
      review(grace, open);
      assertThat(now(scene, open).getSpec().review().reviewedBy().username()).isEqualTo("grace");
      await("the controller sees the review")
          .atMost(Duration.ofSeconds(30))
          .until(() -> now(scene, open).getStatus().phase() == Phase.Reviewed);
      ada.resource(open).delete();
      await("it may go").atMost(Duration.ofSeconds(30)).until(() -> now(scene, open) == null);
    }
  }

  @Test
  void whoeverDeletesItEndsItAndItStays(Scene scene) {
    try (var policies = new NamespacePolicies(scene.client(), scene.namespace());
        var ada = as(scene, "ada")) {
      policies.apply("closed", CLOSED.formatted("Skip"));
      var open = ada.resource(breakGlass(scene)).create();
      var pod = scene.served("reader");
      var login = scene.login(pod);

      ada.resource(open).delete();

      scene.assertEnded(pod, login, EndedBy.BreakGlassEnded);
      assertThat(now(scene, open).getMetadata().getDeletionTimestamp()).isNotNull();
    }
  }

  private static KubernetesClient as(Scene scene, String user) {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder(scene.client().getConfiguration())
                .withImpersonateUsername(user)
                .withImpersonateGroups("system:masters")
                .build())
        .build();
  }

  private static boolean denied(Scene scene) {
    return scene.client().v1().events().inNamespace(scene.namespace()).list().getItems().stream()
        .anyMatch(e -> "PolicyDenied".equals(e.getReason()));
  }

  private static BreakGlass breakGlass(Scene scene) {
    return Serialization.unmarshal(
        """
        metadata: {name: inc-7, namespace: %s}
        spec:
          requestRef: {name: db}
          credential: db
          justification: orders cannot be shipped, and it is Sunday
          incident: INC-7
          duration: 2m
          openedBy: {username: heidi}
        """
            .formatted(scene.namespace()),
        BreakGlass.class);
  }

  private static BreakGlass now(Scene scene, BreakGlass breakGlass) {
    return scene.client().resource(breakGlass).get();
  }

  private static void review(KubernetesClient client, BreakGlass breakGlass) {
    client.resource(breakGlass).patch(PatchContext.of(PatchType.JSON_MERGE), REVIEW);
  }
}
