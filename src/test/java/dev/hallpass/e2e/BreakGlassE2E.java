package dev.hallpass.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.BreakGlassStatus.Phase;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.testing.NamespacePolicies;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
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

  private static final String OPENER = "ada";
  private static final String REVIEWER = "grace";
  private static final String OWNER = "olga";

  /** People by their names, with the roles of the chart and no others. */
  private record People(Scene scene, List<ClusterRoleBinding> bindings) implements AutoCloseable {

    static People of(Scene scene) {
      inNamespace(scene, "hallpass-break-glass", OPENER);
      inNamespace(scene, "hallpass-review", OPENER);
      inNamespace(scene, "hallpass-review", REVIEWER);
      return new People(
          scene,
          List.of(
              inCluster(scene, "hallpass-may-break-glass", OPENER),
              inCluster(scene, "hallpass-may-review", OPENER),
              inCluster(scene, "hallpass-may-review", REVIEWER)));
    }

    private static void inNamespace(Scene scene, String role, String user) {
      scene.client().resource(binding(scene.namespace(), role, user)).create();
    }

    private static RoleBinding binding(String namespace, String role, String user) {
      return new RoleBindingBuilder()
          .withNewMetadata()
          .withName(role + "-" + user)
          .withNamespace(namespace)
          .endMetadata()
          .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", role)
          .addNewSubject("rbac.authorization.k8s.io", "User", user, null)
          .build();
    }

    private static ClusterRoleBinding inCluster(Scene scene, String role, String user) {
      return scene
          .client()
          .resource(
              new ClusterRoleBindingBuilder()
                  .withNewMetadata()
                  .withName("%s-%s-%s".formatted(scene.namespace(), role, user))
                  .endMetadata()
                  .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", role)
                  .addNewSubject("rbac.authorization.k8s.io", "User", user, null)
                  .build())
          .create();
    }

    KubernetesClient as(String user) {
      return new KubernetesClientBuilder()
          .withConfig(
              new ConfigBuilder(scene.client().getConfiguration())
                  .withImpersonateUsername(user)
                  .withImpersonateGroups("system:authenticated")
                  .build())
          .build();
    }

    @Override
    public void close() {
      bindings.forEach(binding -> scene.client().resource(binding).delete());
    }
  }

  @Test
  void aPodGetsWhatTheIncidentNeedsAndLosesItAtTheEnd(Scene scene) {
    try (var policies = new NamespacePolicies(scene.client(), scene.namespace());
        var people = People.of(scene);
        var ada = people.as(OPENER);
        var grace = people.as(REVIEWER)) {
      policies.apply("closed", CLOSED.formatted("Skip"));
      scene.apply("reader.yaml");
      var waiting = scene.firstPod("reader");
      await("the pod is denied").atMost(Duration.ofMinutes(1)).until(() -> denied(scene));
      assertThat(scene.leases()).isEmpty();

      var open = opened(ada, scene);
      assertThat(open.getSpec().openedBy().username()).isEqualTo(OPENER);
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
      assertThat(now(scene, open).getSpec().review().reviewedBy().username()).isEqualTo(REVIEWER);
      await("the controller sees the review")
          .atMost(Duration.ofSeconds(60))
          .until(() -> now(scene, open).getStatus().phase() == Phase.Reviewed);
      ada.resource(open).delete();
      await("it may go").atMost(Duration.ofSeconds(60)).until(() -> now(scene, open) == null);
    }
  }

  @Test
  void whoeverDeletesItEndsItAndItStays(Scene scene) {
    try (var policies = new NamespacePolicies(scene.client(), scene.namespace());
        var people = People.of(scene);
        var ada = people.as(OPENER)) {
      policies.apply("closed", CLOSED.formatted("Skip"));
      var open = opened(ada, scene);
      var pod = scene.served("reader");
      var login = scene.login(pod);

      ada.resource(open).delete();

      scene.assertEnded(pod, login, EndedBy.BreakGlassEnded);
      assertThat(now(scene, open).getMetadata().getDeletionTimestamp()).isNotNull();
    }
  }

  /** Owning a namespace is not enough, whatever is done with it. */
  @Test
  void theOwnerOfANamespaceOpensAndReviewsNothing(Scene scene) {
    try (var people = People.of(scene);
        var ada = people.as(OPENER);
        var olga = people.as(OWNER)) {
      People.inNamespace(scene, "admin", OWNER);
      awaitMay(olga, scene, "delete", "pods");
      assertThatThrownBy(() -> olga.resource(breakGlass(scene)).create())
          .as("admin alone")
          .hasMessageContaining("User \"olga\" cannot create resource \"breakglasses\"");
      assertThatThrownBy(
              () ->
                  olga.resource(People.binding(scene.namespace(), "hallpass-break-glass", OWNER))
                      .create())
          .as("cannot make herself one who may")
          .hasMessageContaining("attempting to grant RBAC permissions not currently held");

      People.inNamespace(scene, "cluster-admin", OWNER);
      awaitMay(olga, scene, "create", "breakglasses");
      assertThatThrownBy(() -> olga.resource(breakGlass(scene)).create())
          .as("all verbs on all resources of the namespace")
          .hasMessageContaining("may not break-glass");
      var open = opened(ada, scene);
      assertThatThrownBy(() -> review(olga, open)).hasMessageContaining("may not review");
      assertThat(now(scene, open).getSpec().review()).isNull();

      ada.resource(open).delete();
    }
  }

  /** Once the authorizer has seen who may. */
  private static BreakGlass opened(KubernetesClient client, Scene scene) {
    return await("roles are seen")
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptionsMatching(e -> String.valueOf(e.getMessage()).contains("cannot create"))
        .until(() -> client.resource(breakGlass(scene)).create(), Objects::nonNull);
  }

  private static void awaitMay(KubernetesClient client, Scene scene, String verb, String resource) {
    var review =
        new SelfSubjectAccessReviewBuilder()
            .withNewSpec()
            .withNewResourceAttributes()
            .withVerb(verb)
            .withGroup(resource.equals("breakglasses") ? "hallpass.dev" : "")
            .withResource(resource)
            .withNamespace(scene.namespace())
            .endResourceAttributes()
            .endSpec()
            .build();
    await("roles are seen")
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                client
                    .authorization()
                    .v1()
                    .selfSubjectAccessReview()
                    .create(review)
                    .getStatus()
                    .getAllowed());
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
