package dev.hallpass.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialApproval;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.testing.NamespacePolicies;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Real pods wait for people, who speak to the API server under their own names. */
@ExtendWith(HallpassCluster.class)
class ApprovalsE2E {
  private static final String APPROVER = "ann";
  private static final String STRANGER = "mallory";

  /** A policy about the scene's namespace, and who may approve for it. */
  private record Asked(
      Scene scene, NamespacePolicies policies, ClusterRole role, ClusterRoleBinding binding)
      implements AutoCloseable {

    static Asked of(Scene scene, String requirement) {
      var policies = new NamespacePolicies(scene.client(), scene.namespace());
      var policy =
          policies.apply("asks", "requireApproval: " + requirement).getMetadata().getName();
      var role =
          new ClusterRoleBuilder()
              .withNewMetadata()
              .withName(policy)
              .endMetadata()
              .addNewRule()
              .withApiGroups("hallpass.dev")
              .withResources("credentialpolicies")
              .withResourceNames(policy)
              .withVerbs("approve")
              .endRule()
              .build();
      var binding =
          new ClusterRoleBindingBuilder()
              .withNewMetadata()
              .withName(policy)
              .endMetadata()
              .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", policy)
              .addNewSubject("rbac.authorization.k8s.io", "User", APPROVER, null)
              .build();
      scene
          .client()
          .resource(
              new RoleBindingBuilder()
                  .withNewMetadata()
                  .withName("approvers")
                  .withNamespace(scene.namespace())
                  .endMetadata()
                  .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "hallpass-approver")
                  .addNewSubject("rbac.authorization.k8s.io", "User", APPROVER, null)
                  .addNewSubject("rbac.authorization.k8s.io", "User", STRANGER, null)
                  .build())
          .create();
      return new Asked(
          scene,
          policies,
          scene.client().resource(role).create(),
          scene.client().resource(binding).create());
    }

    /** The lease that waits for the app's pod. */
    CredentialLease waiting(Pod pod) {
      return scene.awaitLease(
          pod, Duration.ofMinutes(1), s -> s.phase() == LeasePhase.AwaitingApproval);
    }

    CredentialApproval says(String user, CredentialLease lease, String decision) {
      try (var client = as(user)) {
        return client.resource(approval(lease, decision)).create();
      }
    }

    CredentialApproval approval(CredentialLease lease, String decision) {
      var approval =
          Serialization.unmarshal(
              """
              metadata: {generateName: word-}
              spec:
                leaseRef: {name: %s, uid: %s}
                decision: %s
                comment: seen with the team
                stamp:
                  approver: {username: somebody-else}
                  time: "2020-01-01T00:00:00Z"
                  policies: [another]
                  leaseUid: forged
                  podUid: forged
                  digest: forged
                  until: "2099-01-01T00:00:00Z"
              """
                  .formatted(lease.getMetadata().getName(), lease.getMetadata().getUid(), decision),
              CredentialApproval.class);
      approval.getMetadata().setNamespace(scene.namespace());
      return approval;
    }

    private KubernetesClient as(String user) {
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
      policies.close();
      scene.client().resource(binding).delete();
      scene.client().resource(role).delete();
    }
  }

  @Test
  void aPodStartsWhenItsApproverSaysYesAndEndsWhenThatIsTakenBack(Scene scene) {
    try (var asked = Asked.of(scene, "{}")) {
      scene.apply("reader.yaml");
      var lease = asked.waiting(scene.firstPod("reader"));
      var waiting = scene.firstPod("reader");
      awaitEvent(scene, waiting, Reason.ApprovalAwaited, "has 0 of 1 approvals");

      assertThatThrownBy(() -> scene.client().resource(asked.approval(lease, "Approve")).create())
          .as("who made the request")
          .hasMessageContaining("created CredentialRequest db");
      assertThatThrownBy(() -> asked.says(STRANGER, lease, "Approve"))
          .hasMessageContaining("mallory has the verb approve on none of the CredentialPolicies");
      assertThat(waiting.getStatus().getPhase()).isEqualTo("Pending");

      var yes = asked.says(APPROVER, lease, "Approve");
      assertThat(yes.getSpec().stamp().approver().username()).isEqualTo(APPROVER);

      var pod = scene.awaitRunning("reader");
      var active = scene.awaitActive(pod);
      assertThat(active.getMetadata().getUid()).isEqualTo(lease.getMetadata().getUid());
      assertThat(active.getStatus().approval().policies().getFirst().approvedBy())
          .containsExactly(APPROVER);
      var login = scene.login(pod);
      assertThat(scene.database().admits(login.username(), login.password())).isTrue();

      scene.client().resource(yes).delete();

      scene.assertEnded(pod, login, EndedBy.PolicyWithdrawn);
    }
  }

  @Test
  void aPodThatIsDeniedStaysOut(Scene scene) {
    try (var asked = Asked.of(scene, "{approvals: 2}")) {
      scene.apply("reader.yaml");
      var pod = scene.firstPod("reader");
      var lease = asked.waiting(pod);

      asked.says(APPROVER, lease, "Deny");

      var denied =
          scene.awaitLease(pod, Duration.ofSeconds(60), s -> s.phase() == LeasePhase.Denied);
      assertThat(denied.getStatus().endedBy()).isEqualTo(EndedBy.ApprovalDenied);
      awaitEvent(scene, pod, Reason.ApprovalDenied, "seen with the team");
      await("it is not asked for again")
          .during(Duration.ofSeconds(10))
          .atMost(Duration.ofSeconds(60))
          .until(() -> scene.leases().size() == 1);
    }
  }

  @Test
  void whatNobodyApprovesIsDeniedInTime(Scene scene) {
    try (var asked = Asked.of(scene, "{timeout: 1m}")) {
      scene.apply("reader.yaml");
      var pod = scene.firstPod("reader");
      asked.waiting(pod);

      var denied =
          scene.awaitLease(pod, Duration.ofMinutes(3), s -> s.phase() == LeasePhase.Denied);

      assertThat(denied.getStatus().endedBy()).isEqualTo(EndedBy.ApprovalTimedOut);
      awaitEvent(scene, pod, Reason.ApprovalTimedOut, "too few approved in time");
    }
  }

  private static void awaitEvent(Scene scene, Pod pod, Reason reason, String words) {
    await(reason + " is told")
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(
                        scene
                            .client()
                            .v1()
                            .events()
                            .inNamespace(scene.namespace())
                            .list()
                            .getItems())
                    .filteredOn(
                        e ->
                            pod.getMetadata().getUid().equals(e.getInvolvedObject().getUid())
                                && reason.name().equals(e.getReason()))
                    .extracting(Event::getMessage)
                    .anyMatch(m -> m.contains(words)));
  }
}
