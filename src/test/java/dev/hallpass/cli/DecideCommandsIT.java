package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.admission.ApprovalRules;
import dev.hallpass.api.v1alpha1.CredentialApproval;
import dev.hallpass.api.v1alpha1.CredentialApprovalSpec.Decision;
import dev.hallpass.api.v1alpha1.CredentialApprovalSpec.Scope;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.testing.KubeApi;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The commands approve and deny, given to a real API server with the chart's webhook and admission
 * policies by people who may and people who may not.
 */
@ExtendWith(KubeApi.class)
class DecideCommandsIT {
  private static final String LEASE = "orders-1-db";

  private KubeApi kube;
  private PluginScene scene;
  private ApprovalRules rules;
  private Cluster ann;

  @BeforeEach
  void populate(KubeApi api) throws IOException, GeneralSecurityException {
    kube = api;
    scene = new PluginScene(kube);
    rules = ApprovalRules.install(kube);
    scene.apply("it.yaml");
    scene.asking(LEASE, rules.policy());
    ann = as("ann");
  }

  @AfterEach
  void remove() {
    rules.close();
  }

  private Cluster as(String user) {
    return new Cluster(rules.as(user), kube.namespace());
  }

  private String uid() {
    return scene.found(LEASE).getMetadata().getUid();
  }

  private List<CredentialApproval> approvals() {
    return kube.client()
        .resources(CredentialApproval.class)
        .inNamespace(kube.namespace())
        .list()
        .getItems();
  }

  private CredentialApproval only() {
    assertThat(approvals()).hasSize(1);
    return approvals().getFirst();
  }

  @Test
  void aYesIsRecordedAsThatOfWhoSaysIt() {
    var run = Run.of(ann, "approve", LEASE, "--uid", uid(), "--comment", "OPS-7, seen with Olga");

    var made = only();
    assertThat(run)
        .isEqualTo(
            new Run(
                0,
                "clease/%s: Approve is recorded as cappr/%s, of ann, for %s\n"
                    .formatted(LEASE, made.getMetadata().getName(), rules.policy()),
                ""));
    assertThat(made.getMetadata().getName()).startsWith(LEASE + "-");
    assertThat(made.getSpec().decision()).isEqualTo(Decision.Approve);
    assertThat(made.getSpec().scope()).isEqualTo(Scope.Lease);
    assertThat(made.getSpec().comment()).isEqualTo("OPS-7, seen with Olga");
    assertThat(made.getSpec().leaseRef().uid()).isEqualTo(uid());
    assertThat(made.getSpec().stamp().approver().username()).isEqualTo("ann");
    assertThat(made.getSpec().stamp().leaseUid()).isEqualTo(uid());
  }

  @Test
  void whoeverReadsTheQuestionNeedsNoUid() {
    assertThat(Run.answering(ann, "y\n", "approve", "clease/" + LEASE).code()).isZero();

    assertThat(only().getSpec().stamp().approver().username()).isEqualTo("ann");
  }

  @Test
  void aYesMayBeForAllPodsOfTheRequestForATime() {
    var before = Instant.now();

    assertThat(Run.of(ann, "approve", LEASE, "--uid", uid(), "--workload-for", "8h").code())
        .isZero();

    var spec = only().getSpec();
    assertThat(spec.scope()).isEqualTo(Scope.Workload);
    assertThat(spec.stamp().until()).isEqualTo(spec.until());
    assertThat(Instant.parse(spec.until()))
        .isBetween(
            before.plus(Duration.ofHours(8)).minusSeconds(1),
            Instant.now().plus(Duration.ofHours(8)));
  }

  @Test
  void aNoNeedsNobodyToHaveReadTheLease() {
    var run = Run.of(ann, "deny", LEASE, "--comment", "not today");

    assertThat(run.out()).contains("Deny is recorded as cappr/", "of ann, for " + rules.policy());
    assertThat(only().getSpec().decision()).isEqualTo(Decision.Deny);
    assertThat(only().getSpec().comment()).isEqualTo("not today");
  }

  @Test
  void whoeverMayNotApproveIsToldWhy() {
    var admin = new Cluster(kube.client(), kube.namespace());

    refused(
        Run.of(as("mallory"), "approve", LEASE, "--uid", uid()),
        "mallory has the verb approve on none of the CredentialPolicies that lease " + LEASE);
    refused(
        Run.of(admin, "approve", LEASE, "--uid", uid()),
        "created CredentialRequest orders-db; somebody else must approve it");
    refused(
        Run.of(ann, "approve", LEASE, "--uid", uid(), "--workload-for", "800h"),
        "spec.until: give a time (RFC 3339) after now, and at most 30 days from now");
    assertThat(approvals()).isEmpty();
  }

  @Test
  void whatWaitsForNobodyCannotBeDecided() {
    scene.lease("orders-2-db", LeasePhase.Active);

    assertThat(Run.of(ann, "approve", "orders-2-db", "--uid", uid()))
        .isEqualTo(
            new Run(1, "", "clease/orders-2-db waits for no approval: it is Active%n".formatted()));
    assertThat(Run.of(ann, "deny", "missing"))
        .isEqualTo(
            new Run(
                4, "", "there is no lease missing in namespace %s%n".formatted(kube.namespace())));
    assertThat(Run.of(ann, "deny", "pod/orders-1").code()).isEqualTo(2);
    assertThat(Run.of(ann, "approve", LEASE, "--workload-for", "soon").err())
        .contains("--workload-for");
    assertThat(approvals()).isEmpty();
  }

  private static void refused(Run run, String why) {
    assertThat(run.err()).contains(why).hasLineCount(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.code()).isEqualTo(3);
  }
}
