package dev.hallpass.reconcile;

import static dev.hallpass.reconcile.ControllerScene.account;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.audit.AuditEvent;
import dev.hallpass.audit.AuditEvent.Approval;
import dev.hallpass.audit.AuditEvent.Change;
import dev.hallpass.audit.AuditEvent.Decided;
import dev.hallpass.audit.AuditEvent.LeaseDenied;
import dev.hallpass.audit.AuditEvent.Operation;
import dev.hallpass.audit.AuditEvent.Outcome;
import dev.hallpass.audit.AuditEvent.PolicyChanged;
import dev.hallpass.audit.AuditEvent.ProviderChanged;
import dev.hallpass.audit.AuditEvent.Renewed;
import dev.hallpass.audit.AuditEvent.RevocationBegun;
import dev.hallpass.audit.AuditEvent.RevocationFailed;
import dev.hallpass.audit.AuditEvent.RevocationVerified;
import dev.hallpass.audit.AuditLog;
import dev.hallpass.audit.Trace;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.NamespacePolicies;
import dev.hallpass.testing.PeoplesWord;
import dev.hallpass.wire.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the controller has the trail tell. */
@ExtendWith(KubeApi.class)
class ControllerAuditIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  private final LedgerDriver target = new LedgerDriver();
  private ControllerScene scene;
  private NamespacePolicies policies;
  private PeoplesWord people;
  private String namespace;

  @BeforeEach
  void setUp(KubeApi api) {
    namespace = api.namespace();
    scene = new ControllerScene(api, target);
    people = new PeoplesWord(api.client(), namespace);
    policies = new NamespacePolicies(api.client(), namespace);
  }

  @AfterEach
  void tearDown() {
    policies.close();
    scene.close();
  }

  /** Also where the trail cannot be written: revocation never waits for it. */
  @Test
  void tellsOfEachEndAndGoesOnWhateverBecomesOfTheTrail() {
    scene.leading();
    scene.audit().fail();
    var lease = scene.active(scene.pod("first"));
    target.add(account(lease));
    scene.forceDeletePod("first");
    scene.revoked(lease, SOON);

    assertThat(scene.audit().said(RevocationBegun.class))
        .filteredOn(e -> e.held().namespace().equals(namespace))
        .singleElement()
        .satisfies(e -> assertThat(e.endedBy()).isEqualTo(EndedBy.PodDeleted));
    assertThat(scene.audit().said(RevocationVerified.class))
        .filteredOn(e -> e.held().namespace().equals(namespace))
        .singleElement()
        .satisfies(
            e -> {
              assertThat(e.endedBy()).isEqualTo(EndedBy.PodDeleted);
              assertThat(e.held().lease().uid()).isEqualTo(lease.getMetadata().getUid());
            });
    assertThat(scene.audit().said(RevocationFailed.class))
        .noneMatch(e -> e.held().namespace().equals(namespace));
  }

  /** More ends than reconciliations at a time wait for the trail together. */
  @Test
  void anEndThatWaitsForTheTrailHoldsUpNoOther() {
    var slow = new SlowTrail(40);
    scene.audit().passOnTo(slow);
    var leases = IntStream.range(0, 40).mapToObj(i -> scene.held(target, "many-" + i)).toList();
    scene.leading();

    leases.forEach(l -> scene.forceDeletePod(l.getSpec().pod().name()));

    assertThat(slow.allHaveCome(SOON)).isTrue();
    leases.forEach(l -> scene.revoked(l, SOON));
  }

  /** Keeps whoever tells of an account that is gone, until so many do. */
  private static final class SlowTrail implements AuditLog {
    private final CountDownLatch come;

    SlowTrail(int all) {
      come = new CountDownLatch(all);
    }

    boolean allHaveCome(Duration atMost) {
      try {
        return come.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void require(AuditEvent event, Trace trace) {}

    @Override
    public void note(AuditEvent event, Trace trace) {}

    @Override
    public void keep(AuditEvent event, Trace trace) {
      come.countDown();
      allHaveCome(SOON);
    }
  }

  @Test
  void tellsWhoSaidWhatToALeaseAndThatItWasDenied() {
    people.asked("orders-db");
    var policy = policies.apply("asks", "requireApproval: {approvals: 2}").getMetadata().getName();
    var lease = scene.waiting(scene.pod("waits"), Instant.now().plusSeconds(600), policy);
    var before = people.yes("ann", lease);
    scene.leading();

    await().atMost(SOON).until(() -> words().size() == 1);
    var no = people.no("bob", lease);
    await().atMost(SOON).until(() -> scene.phase(lease) == LeasePhase.Denied);

    await().atMost(SOON).until(() -> words().size() == 2);
    assertThat(words())
        .extracting(w -> w.kind() + " " + w.approver())
        .containsExactly("approval.given ann", "approval.denied bob");
    assertThat(words().getFirst())
        .satisfies(
            w -> {
              assertThat(w.uid()).isEqualTo(before.getMetadata().getUid());
              assertThat(w.policies()).containsExactly(policy);
              assertThat(w.at()).isEqualTo(before.getSpec().stamp().time());
              assertThat(w.comment()).isEqualTo("as ann sees it");
              assertThat(w.held().lease().uid()).isEqualTo(lease.getMetadata().getUid());
            });
    assertThat(words().getLast().approval()).isEqualTo(no.getMetadata().getName());
    await().atMost(SOON).until(() -> denials().size() == 1);
    assertThat(denials().getFirst().endedBy()).isEqualTo(EndedBy.ApprovalDenied);
    assertThat(denials().getFirst().held().lease().uid()).isEqualTo(lease.getMetadata().getUid());
    assertThat(scene.audit().said(RevocationBegun.class))
        .noneMatch(e -> e.held().namespace().equals(namespace));
  }

  /** Who reads the trail tells them from two by the UID. */
  @Test
  void tellsOncePerLeaderWhoSaidWhat() {
    people.asked("orders-db");
    var policy = policies.apply("asks", "requireApproval: {approvals: 2}").getMetadata().getName();
    var lease = scene.waiting(scene.pod("waits"), Instant.now().plusSeconds(600), policy);
    var first = scene.leading();
    var standby = scene.controller("two", ControllerScene.TIMES);
    var yes = people.yes("ann", lease);
    await().atMost(SOON).until(() -> words().size() == 1);
    await().during(Duration.ofSeconds(2)).atMost(SOON).until(() -> words().size() == 1);

    first.close();
    await().atMost(SOON).until(standby::leads);

    await().atMost(SOON).until(() -> words().size() == 2);
    await().during(Duration.ofSeconds(2)).atMost(SOON).until(() -> words().size() == 2);
    assertThat(words()).extracting(Approval::uid).containsOnly(yes.getMetadata().getUid());
  }

  @Test
  void tellsThatALeaseIsDeniedWhereNobodyApprovesOrItsPodIsGone() {
    people.asked("orders-db");
    var policy = policies.apply("asks", "requireApproval: {}").getMetadata().getName();
    scene.waiting(scene.pod("late"), Instant.now().minusSeconds(1), policy);
    scene.waiting(scene.pod("gone"), Instant.now().plusSeconds(600), policy);
    scene.forceDeletePod("gone");
    scene.leading();

    await().atMost(SOON).until(() -> denials().size() == 2);
    assertThat(denials())
        .extracting(d -> d.held().pod().name() + " " + d.endedBy())
        .containsExactlyInAnyOrder("late ApprovalTimedOut", "gone PodDeleted");
  }

  @Test
  void tellsOfTheDecisionToExtendBeforeItDoes() {
    var policy = policies.apply("short", "limits: {maxTtl: 5m}").getMetadata();
    var lease = scene.fetchedOnce(scene.pod("fetcher"), Instant.now().plusSeconds(60));
    target.add(account(lease));
    scene.leading();

    await().atMost(SOON).until(() -> !extensions().isEmpty() && renewals() > 0);

    var decided = extensions().getFirst();
    assertThat(decided.outcome()).isEqualTo(Outcome.Allowed);
    assertThat(decided.ttl()).isEqualTo("5m");
    assertThat(decided.inputs()).matches("[0-9a-f]{64}");
    assertThat(decided.held().lease().uid()).isEqualTo(lease.getMetadata().getUid());
    assertThat(decided.policies())
        .extracting(p -> p.name() + "@" + p.generation())
        .containsExactly(policy.getName() + "@1");
    var said = scene.audit().said();
    assertThat(said.indexOf(decided))
        .isLessThan(said.indexOf(scene.audit().said(Renewed.class).getFirst()));
  }

  @Test
  void tellsOnceWhichPolicyLetsALeaseNotBeExtended() {
    policies.apply(
        "failing",
        "validations: [{expression: \"pod.metadata.labels['none'] == ''\", message: m, reason: Fails}]");
    var lease = scene.fetchedOnce(scene.pod("fetcher"), Instant.now().plusSeconds(60));
    target.add(account(lease));
    scene.leading();
    await().during(Duration.ofSeconds(2)).atMost(SOON).until(() -> extensions().size() == 1);
    scene.expire(lease);
    scene.revoked(lease, SOON);

    assertThat(extensions())
        .singleElement()
        .satisfies(
            d -> {
              assertThat(d.outcome()).isEqualTo(Outcome.Denied);
              assertThat(d.reason()).isEqualTo(Reason.PolicyDenied);
              assertThat(d.policies())
                  .singleElement()
                  .satisfies(p -> assertThat(p.denials()).hasSize(1));
            });
    assertThat(renewals()).isZero();
  }

  private List<Decided> extensions() {
    return scene.audit().said(Decided.class).stream()
        .filter(d -> d.operation() == Operation.Extend)
        .filter(d -> d.held().namespace().equals(namespace))
        .toList();
  }

  private long renewals() {
    return scene.audit().said(Renewed.class).stream()
        .filter(r -> r.held().namespace().equals(namespace))
        .count();
  }

  private List<Approval> words() {
    return scene.audit().said(Approval.class).stream()
        .filter(e -> e.held().namespace().equals(namespace))
        .toList();
  }

  private List<LeaseDenied> denials() {
    return scene.audit().said(LeaseDenied.class).stream()
        .filter(e -> e.held().namespace().equals(namespace))
        .toList();
  }

  @Test
  void tellsWhichPoliciesAndProvidersHoldAndFromWhen() {
    var policy = policies.apply("short", "limits: {maxTtl: 10m}").getMetadata();
    scene.leading();

    await().atMost(SOON).until(() -> policyChanges(policy.getUid()).equals("Found@1"));
    policies.apply("short", "limits: {maxTtl: 9m}");
    await().atMost(SOON).until(() -> policyChanges(policy.getUid()).equals("Found@1 Changed@2"));
    policies.close();
    await()
        .atMost(SOON)
        .until(() -> policyChanges(policy.getUid()).equals("Found@1 Changed@2 Deleted@2"));

    assertThat(scene.audit().said(ProviderChanged.class))
        .filteredOn(e -> e.provider().equals(namespace + "/orders-postgres"))
        .first()
        .satisfies(
            e -> {
              assertThat(e.change()).isEqualTo(Change.Found);
              assertThat(e.digest()).matches("[0-9a-f]{64}");
            });
  }

  private String policyChanges(String uid) {
    return String.join(
        " ",
        scene.audit().said(PolicyChanged.class).stream()
            .filter(e -> e.uid().equals(uid))
            .map(e -> "%s@%d".formatted(e.change(), e.generation()))
            .toList());
  }
}
