package dev.hallpass.reconcile;

import static dev.hallpass.reconcile.ControllerScene.account;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialApproval;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseSpec.Replaced;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.kube.Conditions;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.NamespacePolicies;
import dev.hallpass.testing.PeoplesWord;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How leases end that wait for people, or that people have let go on. */
@ExtendWith(KubeApi.class)
class ApprovalEndingsIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration A_WHILE = Duration.ofSeconds(3);

  private final LedgerDriver target = new LedgerDriver();
  private KubernetesClient client;
  private ControllerScene scene;
  private NamespacePolicies policies;
  private PeoplesWord people;
  private String policy;
  private Controller controller;

  @BeforeEach
  void setUp(KubeApi api) {
    client = api.client();
    scene = new ControllerScene(api, target);
    people = new PeoplesWord(client, api.namespace());
    people.asked("orders-db");
    policies = new NamespacePolicies(client, api.namespace());
    policy = policies.apply("asks", "requireApproval: {}").getMetadata().getName();
    controller = scene.leading();
  }

  @AfterEach
  void tearDown() {
    policies.close();
    scene.close();
  }

  private CredentialLease waiting() {
    return scene.waiting(scene.pod("waits"), Instant.now().plusSeconds(600), policy);
  }

  private CredentialLeaseStatus denied(CredentialLease lease) {
    await().atMost(SOON).until(() -> scene.phase(lease) == LeasePhase.Denied);
    assertThat(target.revocations()).as("nothing was minted").isZero();
    return scene.now(lease).getStatus();
  }

  private void stays(CredentialLease lease, LeasePhase phase) {
    await().during(A_WHILE).atMost(SOON).until(() -> scene.phase(lease) == phase);
  }

  @Test
  void whatNobodyApprovesInTimeIsDenied() {
    var lease = scene.waiting(scene.pod("waits"), Instant.now().plusSeconds(10), policy);

    assertThat(scene.phase(lease)).isEqualTo(LeasePhase.AwaitingApproval);

    assertThat(denied(lease).endedBy()).isEqualTo(EndedBy.ApprovalTimedOut);
    await()
        .atMost(SOON)
        .until(
            () ->
                client.v1().events().inNamespace(scene.namespace()).list().getItems().stream()
                    .anyMatch(
                        e ->
                            e.getReason().equals(Reason.ApprovalTimedOut.name())
                                && e.getInvolvedObject().getKind().equals("Pod")));
  }

  @Test
  void whatWaitsIsLeftAloneUntilSomebodySaysNo() {
    var lease = waiting();
    stays(lease, LeasePhase.AwaitingApproval);

    people.no("ann", lease);

    assertThat(denied(lease).endedBy()).isEqualTo(EndedBy.ApprovalDenied);
    assertThat(scene.condition(lease, Conditions.ACTIVE).getMessage())
        .contains("ann said no for CredentialPolicy " + policy + ": as ann sees it");
  }

  @Test
  void aPodThatIsGoneAsksForNothing() {
    var lease = waiting();

    scene.forceDeletePod("waits");

    assertThat(denied(lease).endedBy()).isEqualTo(EndedBy.PodDeleted);
  }

  @Test
  void aChangedRequestAsksAnew() {
    var lease = waiting();

    change("read orders", "sell orders");

    assertThat(denied(lease).endedBy()).isEqualTo(EndedBy.RequestChanged);
  }

  @Test
  void whatAnotherPolicyForbidsNeedNotWait() {
    var lease = waiting();

    policies.apply(
        "never", "validations: [{expression: \"false\", message: never, reason: Never}]");

    assertThat(denied(lease).endedBy()).isEqualTo(EndedBy.PolicyWithdrawn);
  }

  @Test
  void aDeniedLeaseThatIsDeletedIsGone() {
    var lease = waiting();
    people.no("ann", lease);
    denied(lease);

    client.resource(lease).delete();

    await().atMost(SOON).until(() -> scene.now(lease) == null);
    assertThat(target.revocations()).isZero();
  }

  @Test
  void whatWasApprovedEndsWhenTheYesIsTakenBack() {
    var first = approvedBy("ann");
    client.resource(first.approval()).delete();

    assertThat(scene.revoked(first.lease(), SOON).endedBy()).isEqualTo(EndedBy.PolicyWithdrawn);
    assertThat(target.has(account(first.lease()))).isFalse();
  }

  @Test
  void whatWasApprovedEndsWhenSomebodySaysNoAfterAll() {
    var first = approvedBy("ann");
    people.no("bob", first.lease());

    assertThat(scene.revoked(first.lease(), SOON).endedBy()).isEqualTo(EndedBy.ApprovalDenied);
  }

  @Test
  void whatWasApprovedEndsWhenTheRequestAsksForSomethingElse() {
    var first = approvedBy("ann");
    change("read orders", "sell orders");

    assertThat(scene.revoked(first.lease(), SOON).endedBy()).isEqualTo(EndedBy.PolicyWithdrawn);
  }

  /** Who made it may have meant something else by it, and those who may approve for it others. */
  @Test
  void whatWasApprovedEndsWhenThePolicyIsMadeAnew() {
    var first = approvedBy("ann");
    var old = Instant.parse(first.approval().getMetadata().getCreationTimestamp());
    await().atMost(SOON).until(() -> Instant.now().isAfter(old.plusSeconds(1)));

    policies.delete("asks");
    policies.apply("asks", "requireApproval: {}");

    assertThat(scene.revoked(first.lease(), SOON).endedBy()).isEqualTo(EndedBy.PolicyWithdrawn);
  }

  /** Time alone ends nothing, also for a controller that knows nothing yet. */
  @Test
  void aYesThatHasRunOutEndsNothingThatIsUsed() {
    var lease = approvedForAWhile("ann");

    label("orders-db");
    stays(lease, LeasePhase.Active);
    controller.close();
    controller = scene.leading();
    stays(lease, LeasePhase.Active);

    people.no("bob", lease);
    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.ApprovalDenied);
  }

  @Test
  void aYesThatHasRunOutCanStillBeTakenBack() {
    var lease = approvedForAWhile("ann");
    stays(lease, LeasePhase.Active);

    client.resources(CredentialApproval.class).inNamespace(scene.namespace()).delete();

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.PolicyWithdrawn);
  }

  /** A yes that was over before the lease began never was for it. */
  @Test
  void aYesThatWasOverBeforeKeepsNothing() {
    var waiting = waiting();
    var over = Instant.parse(waiting.getMetadata().getCreationTimestamp()).minusSeconds(1);
    people.yesToAll("ann", waiting, over);
    target.add(account(waiting));

    var lease = scene.goesOn(waiting);

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.PolicyWithdrawn);
  }

  @Test
  void whatIsUsedGoesOnWhileItsSuccessorAsksOneAfterAnother() {
    policies.apply("asks", "requireApproval: {approvals: 2}");
    var used = approvedForAWhile("ann", "bob");
    var pod = client.pods().inNamespace(scene.namespace()).withName("works").get();
    var next = scene.waiting(pod, new Replaced(used.getMetadata().getName(), "1m"), policy);

    people.yes("ann", next);

    stays(used, LeasePhase.Active);
    assertThat(scene.phase(next)).isEqualTo(LeasePhase.AwaitingApproval);
  }

  /** Between its creation and the broker's next write, which makes it wait. */
  @Test
  void whatIsOnlyJustMadeIsTheBrokersToMoveOn() {
    var lease = scene.create(scene.pod("waits"));

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.Unacknowledged);
  }

  /** Used, under a yes to all pods that is over by now. */
  private CredentialLease approvedForAWhile(String... users) {
    var waiting = scene.waiting(scene.pod("works"), Instant.now().plusSeconds(600), policy);
    // What counts is the moment at which the lease began, not how long the test takes.
    var until = Instant.parse(waiting.getMetadata().getCreationTimestamp()).plusSeconds(1);
    for (var user : users) {
      people.yesToAll(user, waiting, until);
    }
    target.add(account(waiting));
    var lease = scene.goesOn(waiting);
    await().atMost(SOON).until(() -> Instant.now().isAfter(until));
    assertThat(scene.phase(lease)).isEqualTo(LeasePhase.Active);
    return lease;
  }

  private void label(String request) {
    client
        .resources(CredentialRequest.class)
        .inNamespace(scene.namespace())
        .withName(request)
        .edit(
            r -> {
              r.getMetadata().setLabels(Map.of("seen", "again"));
              return r;
            });
  }

  private record Approved(CredentialLease lease, CredentialApproval approval) {}

  /** Under a policy that asks; the approval is there first, as it is in life. */
  private Approved approvedBy(String user) {
    var pod = scene.pod("works");
    var waiting = scene.waiting(pod, Instant.now().plusSeconds(600), policy);
    var approval = people.yes(user, waiting);
    target.add(account(waiting));
    var lease = scene.goesOn(waiting);
    stays(lease, LeasePhase.Active);
    return new Approved(lease, approval);
  }

  private void change(String from, String to) {
    var requests = client.resources(CredentialRequest.class).inNamespace(scene.namespace());
    var yaml = Serialization.asYaml(requests.withName("orders-db").get());
    assertThat(yaml).contains(from);
    client
        .resource(Serialization.unmarshal(yaml.replace(from, to), CredentialRequest.class))
        .update();
  }
}
