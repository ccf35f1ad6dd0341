package dev.hallpass.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.provider.postgresql.PostgreSqlDriver;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.PostgresServer;
import dev.hallpass.wire.Codec;
import dev.hallpass.wire.IssueAnswer;
import dev.hallpass.wire.LeaseAnswer.Next;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({KubeApi.class, PostgresServer.class})
class BrokerIT {
  private static final String ISSUE = "/v1/credentials";
  private static final String ACKNOWLEDGE = "/v1/leases/acknowledge";
  private static final String CHECK = "/v1/leases/check";
  private static final byte[] ASKS = BrokerScene.asks("db", "db");

  private final PostgreSqlDriver driver = new PostgreSqlDriver(new SecureRandom());
  private BrokerScene scene;

  @BeforeEach
  void open(KubeApi kube, PostgresServer.Instance postgres) {
    scene = new BrokerScene(kube, postgres, driver);
  }

  @AfterEach
  void close() {
    scene.close();
    driver.close();
  }

  @Test
  void aPodGetsACredentialThatWorksOnceItHasAcknowledged() {
    var token = scene.token(scene.pod("orders-1"));

    var issued = scene.issue(token);
    assertThat(scene.admits(issued)).isFalse();
    assertThat(LeaseJudge.phase(scene.leases().getFirst())).isEqualTo(LeasePhase.Pending);

    var usable = scene.acknowledge(token, issued);
    assertThat(scene.admits(issued)).isTrue();
    assertThat(usable.expiresAt()).isBetween(in(14), in(16));
    var lease = scene.leases().getFirst();
    assertThat(lease.getStatus().phase()).isEqualTo(LeasePhase.Active);
    assertThat(lease.getStatus().expiresAt()).isEqualTo(usable.expiresAt().toString());
    assertThat(lease.getFinalizers()).containsExactly("hallpass.dev/revocation");

    var renewed = scene.renew(token, issued);
    assertThat(renewed.next()).isEqualTo(Next.Renew);
    assertThat(scene.admits(issued)).isTrue();
  }

  @Test
  void aPodThatCallsBeforeItsAddressIsKnownIsServedOnceItIs() throws Exception {
    var pod = scene.starting("orders-1");
    var token = scene.token(pod);
    try (var agent = Executors.newSingleThreadExecutor()) {
      var call = agent.submit(() -> scene.issue(token));
      Awaitility.await().during(Duration.ofMillis(300)).until(() -> !call.isDone());

      scene.runs(pod, "127.0.0.1");

      assertThat(scene.admits(acknowledged(token, call.get()))).isTrue();
    }
    assertThat(BrokerScene.reason(scene.post(ISSUE, scene.token(scene.starting("orders-2")), ASKS)))
        .isEqualTo(Reason.PodAddressUnknown);
  }

  private IssueAnswer acknowledged(String token, IssueAnswer issued) {
    scene.acknowledge(token, issued);
    return issued;
  }

  @Test
  void whoCallsFromElsewhereBeforeAPodsAddressIsKnownIsRefusedOnceItIs() throws Exception {
    var pod = scene.starting("orders-1");
    var stolen = scene.token(pod);
    try (var thief = Executors.newSingleThreadExecutor()) {
      var call = thief.submit(() -> scene.postFrom("127.0.0.2", ISSUE, stolen, ASKS));
      Awaitility.await().during(Duration.ofMillis(300)).until(() -> !call.isDone());

      scene.runs(pod, "127.0.0.1");

      assertThat(BrokerScene.reason(call.get())).isEqualTo(Reason.AddressMismatch);
    }
    assertThat(scene.leases()).isEmpty();
  }

  @Test
  void aProviderThatIsNotReadyIssuesNothingButRenewsWhatItIssued() {
    var token = scene.token(scene.pod("orders-1"));
    var issued = scene.issue(token);
    scene.acknowledge(token, issued);
    scene.probed(1, Reason.TargetUnreachable);

    var refused = scene.post(ISSUE, token, BrokerScene.asks("db", "db"));

    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(BrokerScene.reason(refused)).isEqualTo(Reason.ProviderNotReady);
    assertThat(scene.renew(token, issued).next()).isEqualTo(Next.Renew);
    assertThat(scene.leases().getFirst().getStatus().epoch()).isEqualTo(issued.epoch());

    scene.probed(0, Reason.TargetUnreachable);

    assertThat(scene.issue(token).epoch()).isEqualTo(issued.epoch() + 1);
  }

  @Test
  void acknowledgingAgainIsFineAndExtendsNothing() {
    var token = scene.token(scene.pod("orders-1"));
    var issued = scene.issue(token);
    scene.acknowledge(token, issued);
    var soon = in(2).truncatedTo(ChronoUnit.SECONDS);
    scene.expireAt(scene.leases().getFirst(), soon);

    var again = scene.acknowledge(token, issued);

    assertThat(scene.admits(issued)).isTrue();
    assertThat(again.expiresAt()).isEqualTo(soon);
  }

  @Test
  void aPodMayAskAboutItsLeaseWithoutChangingIt() {
    var token = scene.token(scene.pod("orders-1"));
    var issued = scene.issue(token);
    scene.acknowledge(token, issued);
    var before = scene.leases().getFirst();

    assertThat(scene.post(CHECK, token, BrokerScene.names(issued)).statusCode()).isEqualTo(200);
    assertThat(scene.leases().getFirst()).isEqualTo(before);
    var stranger = scene.token(scene.pod("orders-2"));
    assertThat(scene.reason(CHECK, stranger, BrokerScene.names(issued)))
        .isEqualTo(Reason.LeaseNotFound);

    scene.kube().client().resource(before).delete();
    assertThat(scene.reason(CHECK, token, BrokerScene.names(issued))).isEqualTo(Reason.LeaseEnded);
  }

  @Test
  void aLeaseThatChangedSinceItsIssueIsAcknowledgedAsItIsNow() {
    var token = scene.token(scene.pod("orders-1"));
    var issued = scene.issue(token);
    edit(issued, lease -> lease.getMetadata().setLabels(Map.of("changed", "meanwhile")));

    assertThat(scene.admits(acknowledged(token, issued))).isTrue();
    assertThat(scene.leases().getFirst().getMetadata().getLabels()).containsKey("changed");
  }

  @Test
  void aLeaseThatWasRemovedSinceItsIssueIsNotAcknowledged() {
    var token = scene.token(scene.pod("orders-1"));
    var issued = scene.issue(token);
    edit(issued, lease -> lease.getMetadata().setFinalizers(List.of()));
    scene.kube().client().resource(scene.leases().getFirst()).delete();

    assertThat(scene.reason(ACKNOWLEDGE, token, BrokerScene.names(issued)))
        .isEqualTo(Reason.LeaseNotFound);
    assertThat(scene.admits(issued)).isFalse();
  }

  private void edit(IssueAnswer issued, Consumer<CredentialLease> change) {
    var lease = scene.leases().getFirst();
    assertThat(lease.getMetadata().getName()).isEqualTo(issued.lease());
    change.accept(lease);
    scene.kube().client().resource(lease).update();
  }

  @Test
  void anInitCredentialIsNotRenewed() {
    scene.request("once", "reader", "15m", "Init");
    var token = scene.token(scene.pod("orders-1"));
    var issued = scene.issue(token, "once");

    assertThat(scene.acknowledge(token, issued).next()).isEqualTo(Next.Keep);
    assertThat(scene.reason("/v1/leases/renew", token, BrokerScene.names(issued)))
        .isEqualTo(Reason.LifetimeOver);
  }

  @Test
  void anExpiredLeaseIsNotRevivedByWhoeverIsLate() {
    var token = scene.token(scene.pod("orders-1"));
    var issued = scene.issue(token);
    scene.acknowledge(token, issued);
    scene.expireAt(scene.leases().getFirst(), in(-1));

    assertThat(scene.reason("/v1/leases/renew", token, BrokerScene.names(issued)))
        .isEqualTo(Reason.LeaseEnded);
    assertThat(scene.reason(ACKNOWLEDGE, token, BrokerScene.names(issued)))
        .isEqualTo(Reason.LeaseEnded);
  }

  @Test
  void aRestartedAgentGetsFreshMaterialUnderTheSameLease() {
    var token = scene.token(scene.pod("orders-1"));
    var first = scene.issue(token);
    scene.acknowledge(token, first);

    IssueAnswer last = first;
    for (var restart = 0; restart < 5; restart++) {
      last = scene.issue(token);
      scene.acknowledge(token, last);
    }

    assertThat(last.lease()).isEqualTo(first.lease());
    assertThat(scene.leases()).hasSize(1);
    assertThat(scene.admits(first)).isFalse();
    assertThat(scene.admits(last)).isTrue();
    assertThat(scene.reason(ACKNOWLEDGE, token, BrokerScene.names(first)))
        .isEqualTo(Reason.Superseded);
    assertThat(scene.reason("/v1/leases/renew", token, BrokerScene.names(first)))
        .isEqualTo(Reason.Superseded);
    assertThat(scene.reason(CHECK, token, BrokerScene.names(first))).isEqualTo(Reason.Superseded);
  }

  @Test
  void manyCallsAtOnceMakeOneAccount() throws Exception {
    var token = scene.token(scene.pod("orders-1"));
    var before = scene.accounts().size();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ArrayList<Future<Integer>>();
      for (var i = 0; i < 24; i++) {
        Callable<Integer> call =
            () -> scene.post(ISSUE, token, BrokerScene.asks("db", "db")).statusCode();
        running.add(threads.submit(call));
      }
      for (var one : running) {
        assertThat(one.get()).isIn(200, 409);
      }
    }

    assertThat(scene.leases()).hasSize(1);
    assertThat(scene.accounts()).hasSize(before + 1);
    var issued = scene.issue(token);
    scene.acknowledge(token, issued);
    assertThat(scene.admits(issued)).isTrue();
  }

  @Test
  void aTokenFromAnotherAddressIsRefused() {
    var token = scene.token(scene.pod("orders-1"));

    var answer = scene.postFrom("127.0.0.2", ISSUE, token, BrokerScene.asks("db", "db"));

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(BrokerScene.reason(answer)).isEqualTo(Reason.AddressMismatch);
    assertThat(scene.leases()).isEmpty();
  }

  @Test
  void noTokenANonsenseTokenAndAnotherAudienceAreRefused() {
    var pod = scene.pod("orders-1");

    assertThat(scene.issuing("")).isEqualTo(Reason.TokenMissing);
    assertThat(scene.issuing("nonsense")).isEqualTo(Reason.TokenInvalid);
    assertThat(scene.issuing("nonsense")).isEqualTo(Reason.TokenInvalid);
    assertThat(scene.issuing(scene.token(pod, "https://kubernetes.default.svc")))
        .isEqualTo(Reason.TokenInvalid);
    assertThat(scene.leases()).isEmpty();
  }

  @Test
  void aDeletedPodIsRefusedThoughItsTokenIsStillAccepted() {
    var pod = scene.pod("orders-1");
    var token = scene.token(pod);
    scene.issue(token);

    scene.kube().client().pods().resource(pod).withGracePeriod(0).delete();

    assertThat(scene.issuing(token)).isIn(Reason.PodGone, Reason.TokenInvalid);
  }

  @Test
  void aSuccessorOfTheSameNameIsNotThePod() {
    var pod = scene.pod("orders-1");
    var token = scene.token(pod);
    scene.kube().client().pods().resource(pod).withGracePeriod(0).delete();
    scene.pod("orders-1");

    assertThat(scene.issuing(token)).isIn(Reason.PodGone, Reason.TokenInvalid);
  }

  @Test
  void aTerminatingPodIsRefused() {
    var pod = scene.pod("orders-1");
    var token = scene.token(pod);
    scene.kube().client().pods().resource(pod).withGracePeriod(60).delete();

    assertThat(scene.issuing(token)).isEqualTo(Reason.PodTerminating);
  }

  @Test
  void aCompletedPodIsRefused() {
    var pod = scene.pod("orders-1");
    var token = scene.token(pod);
    var ended = new PodBuilder(pod).editStatus().withPhase("Succeeded").endStatus().build();
    scene.kube().client().resource(ended).updateStatus();

    assertThat(scene.issuing(token)).isEqualTo(Reason.PodEnded);
  }

  @Test
  void aPodThatTheRequestDoesNotSelectIsRefused() {
    var byLabel = scene.pod("bills-1", "bills", "orders", "127.0.0.1");
    var byAccount = scene.pod("orders-2", "orders", "other", "127.0.0.1");

    assertThat(scene.issuing(scene.token(byLabel))).isEqualTo(Reason.NotSelected);
    assertThat(scene.issuing(scene.token(byAccount))).isEqualTo(Reason.NotSelected);
  }

  @Test
  void nothingIsIssuedWhileThePodCarriesAnOrderToRevoke() {
    var pod = scene.pod("orders-1");
    var token = scene.token(pod);
    order(pod, "incident 7");
    assertThat(scene.issuing(token)).isEqualTo(Reason.RevocationAsked);

    order(pod, in(-1).toString());
    assertThat(scene.issue(token).epoch()).isEqualTo(1);
  }

  private void order(Pod pod, String value) {
    scene
        .kube()
        .client()
        .pods()
        .inNamespace(pod.getMetadata().getNamespace())
        .withName(pod.getMetadata().getName())
        .edit(
            p ->
                new PodBuilder(p)
                    .editMetadata()
                    .addToAnnotations(HallpassApi.REVOKE_ANNOTATION, value)
                    .endMetadata()
                    .build());
  }

  @Test
  void whatIsNotGrantedCannotBeNamed() {
    var token = scene.token(scene.pod("orders-1"));
    scene.request("greedy", "writer", "15m");
    scene.request("long", "reader", "2h");

    assertThat(scene.reason(ISSUE, token, BrokerScene.asks("absent", "db")))
        .isEqualTo(Reason.RequestNotFound);
    assertThat(scene.reason(ISSUE, token, BrokerScene.asks("db", "absent")))
        .isEqualTo(Reason.CredentialNotFound);
    assertThat(scene.reason(ISSUE, token, BrokerScene.asks("greedy", "db")))
        .isEqualTo(Reason.AccessLevelUnknown);
    assertThat(scene.reason(ISSUE, token, BrokerScene.asks("long", "db")))
        .isEqualTo(Reason.TtlAboveCap);
    assertThat(scene.reason(ISSUE, token, BrokerScene.asks("../kube-system/x", "db")))
        .isEqualTo(Reason.BadRequest);
    assertThat(scene.reason(ISSUE, token, BrokerScene.asks("db\nreason=Issued", "db")))
        .isEqualTo(Reason.BadRequest);
    assertThat(scene.leases()).isEmpty();
  }

  @Test
  void policiesHaveTheLastWordAtTheIssueAndAtEachRenewal() {
    var token = scene.token(scene.pod("orders-1"));
    scene.policy(
        "label-needed",
        """
        validations:
        - expression: "'ticket' in pod.metadata.labels"
          message: label the pod with its ticket
          reason: TicketMissing
        limits: {maxTtl: 5m}
        """);

    var refused = scene.post(ISSUE, token, BrokerScene.asks("db", "db"));
    assertThat(BrokerScene.reason(refused)).isEqualTo(Reason.PolicyDenied);
    assertThat(new String(refused.body(), StandardCharsets.UTF_8))
        .contains("CredentialPolicy " + scene.kube().namespace())
        .contains("TicketMissing: label the pod with its ticket");
    assertThat(scene.leases()).isEmpty();

    var labelled = scene.pod("orders-2");
    label(labelled, "ticket", "T-1");
    var allowed = scene.token(labelled);
    var issued = scene.issue(allowed);
    assertThat(scene.acknowledge(allowed, issued).expiresAt()).isBefore(in(6));
    assertThat(scene.leases().getFirst().getSpec().ttl()).isEqualTo("5m");
    assertThat(scene.renew(allowed, issued).next()).isEqualTo(Next.Renew);

    label(labelled, "ticket", null);
    assertThat(scene.reason("/v1/leases/renew", allowed, BrokerScene.names(issued)))
        .isEqualTo(Reason.PolicyDenied);
  }

  @Test
  void policiesMayAskForTheWorkloadBehindThePod() {
    scene.policy(
        "deployments-alone",
        """
        validations:
        - expression: "owners.exists(o, o.kind == 'Deployment' && o.name == 'orders')"
          message: let a Deployment run it
          reason: BarePod
        """);
    var bare = scene.token(scene.pod("orders-1"));
    var deployed = scene.pod("orders-2");
    scene.deployedBy(deployed, "orders");

    assertThat(scene.reason(ISSUE, bare, BrokerScene.asks("db", "db")))
        .isEqualTo(Reason.PolicyDenied);
    assertThat(scene.issue(scene.token(deployed)).epoch()).isEqualTo(1);
  }

  @Test
  void aWorkloadHoldsNoMoreLeasesThanItsPolicyAllows() {
    var one = scene.token(scene.pod("orders-1"));
    var other = scene.token(scene.pod("orders-2"));
    scene.policy("one-at-a-time", "limits: {maxLeases: 1}");
    var issued = scene.issue(one);
    scene.acknowledge(one, issued);

    var refused = scene.post(ISSUE, other, BrokerScene.asks("db", "db"));
    assertThat(BrokerScene.reason(refused)).isEqualTo(Reason.PolicyDenied);
    assertThat(new String(refused.body(), StandardCharsets.UTF_8)).contains("LeaseLimit: ");
    assertThat(scene.leases()).hasSize(1);

    assertThat(scene.renew(one, issued).next()).isEqualTo(Next.Renew);
    assertThat(scene.issue(one).epoch()).as("a restarted container").isEqualTo(2);
  }

  @Test
  void ofTwoThatBothSawRoomOneIsLetThrough() {
    var first = scene.token(scene.pod("orders-1"));
    var second = scene.token(scene.pod("orders-2"));
    var issued = scene.issue(first);
    var alsoIssued = scene.issue(second);
    scene.policy("one-at-a-time", "limits: {maxLeases: 1}");

    var refused = scene.post("/v1/leases/acknowledge", second, BrokerScene.names(alsoIssued));

    assertThat(BrokerScene.reason(refused)).isEqualTo(Reason.PolicyDenied);
    assertThat(scene.admits(alsoIssued)).isFalse();
    scene.acknowledge(first, issued);
    assertThat(scene.admits(issued)).isTrue();
  }

  /** Calls keep nothing between them, so many at one broker are like many at several. */
  @Test
  void ofManyAtTheSameMomentNoMoreThanTheLimitAreLetThrough() throws Exception {
    scene.policy("three-at-a-time", "limits: {maxLeases: 3}");
    var calls =
        IntStream.range(0, 8)
            .mapToObj(i -> scene.token(scene.pod("orders-" + i)))
            .<Callable<Boolean>>map(token -> () -> isGranted(token))
            .toList();

    try (var threads = Executors.newFixedThreadPool(calls.size())) {
      var granted = 0;
      for (var call : threads.invokeAll(calls)) {
        granted += call.get() ? 1 : 0;
      }
      assertThat(granted).isEqualTo(3);
    }
    assertThat(scene.leases()).filteredOn(l -> LeaseJudge.phase(l) == LeasePhase.Active).hasSize(3);
  }

  private boolean isGranted(String token) {
    var issued = scene.post(ISSUE, token, BrokerScene.asks("db", "db"));
    if (issued.statusCode() != 200) {
      assertThat(BrokerScene.reason(issued)).isEqualTo(Reason.PolicyDenied);
      return false;
    }
    var names = BrokerScene.names(Codec.issueAnswer(issued.body()));
    return scene.post("/v1/leases/acknowledge", token, names).statusCode() == 200;
  }

  @Test
  void aWorkloadIsGivenNoMoreLeasesInATimeThanItsPolicyAllows() {
    var first = scene.token(scene.pod("orders-1"));
    var second = scene.token(scene.pod("orders-2"));
    scene.policy("slowly", "limits: {rate: {count: 1, per: 10m}}");
    scene.acknowledge(first, scene.issue(first));

    var refused = scene.post(ISSUE, second, BrokerScene.asks("db", "db"));

    assertThat(BrokerScene.reason(refused)).isEqualTo(Reason.PolicyDenied);
    assertThat(new String(refused.body(), StandardCharsets.UTF_8)).contains("RateLimit: ");
    assertThat(scene.issue(first).epoch()).as("a restarted container").isEqualTo(2);
  }

  @Test
  void anAuditedPolicyIsOnlyToldOf() {
    var token = scene.token(scene.pod("orders-1"));
    scene.policy(
        "later",
        """
        enforcement: Audit
        validations: [{expression: "false", message: not any more, reason: No}]
        """);

    assertThat(scene.issue(token).epoch()).isEqualTo(1);
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(scene.eventsAbout(scene.request("db"), Reason.PolicyWouldDeny))
                    .hasSize(1));
  }

  @Test
  void thePolicyItselfSaysThatItFails() {
    var token = scene.token(scene.pod("orders-1"));
    scene.policy(
        "failing",
        """
        validations:
        - {expression: "pod.metadata.labels['ticket'] != ''", message: m, reason: TicketMissing}
        """);
    var name = scene.kube().namespace() + "-failing";

    assertThat(scene.reason(ISSUE, token, BrokerScene.asks("db", "db")))
        .isEqualTo(Reason.PolicyDenied);

    Awaitility.await()
        .untilAsserted(
            () ->
                // What is of the cluster has its Events there.
                assertThat(
                        scene
                            .kube()
                            .client()
                            .v1()
                            .events()
                            .inNamespace("default")
                            .list()
                            .getItems())
                    .filteredOn(e -> e.getInvolvedObject().getName().equals(name))
                    .singleElement()
                    .returns("CredentialPolicy", e -> e.getInvolvedObject().getKind())
                    .returns(Reason.ExpressionFailed.name(), e -> e.getReason())
                    .satisfies(
                        e ->
                            assertThat(e.getMessage())
                                .startsWith(
                                    "pod.metadata.labels['ticket'] != '' cannot be evaluated: ")));
  }

  private void label(Pod pod, String name, @Nullable String value) {
    scene
        .kube()
        .client()
        .pods()
        .inNamespace(pod.getMetadata().getNamespace())
        .withName(pod.getMetadata().getName())
        .edit(
            p -> {
              if (value == null) {
                p.getMetadata().getLabels().remove(name);
              } else {
                p.getMetadata().getLabels().put(name, value);
              }
              return p;
            });
  }

  @Test
  void aRequestIsKnownTheMomentItIsThere() {
    var token = scene.token(scene.pod("orders-1"));
    for (var i = 0; i < 10; i++) {
      scene.request("new-" + i, "reader", "15m");

      assertThat(scene.issue(token, "new-" + i).epoch()).isEqualTo(1);
    }
  }

  @Test
  void whereNothingIsSeenAnyMoreTheApiServerIsAsked() {
    var token = scene.token(scene.pod("orders-1"));
    var issued = scene.issue(token);
    scene.acknowledge(token, issued);
    scene.loseTheWatch();

    assertThat(scene.renew(token, issued).next()).isEqualTo(Next.Renew);
    scene.kube().client().resource(scene.request("db")).delete();

    assertThat(scene.reason("/v1/leases/renew", token, BrokerScene.names(issued)))
        .isEqualTo(Reason.RequestNotFound);
    assertThat(scene.reason(ISSUE, token, BrokerScene.asks("db", "db")))
        .isEqualTo(Reason.RequestNotFound);
  }

  @Test
  void anotherPodsLeaseDoesNotExistForThisOne() {
    var first = scene.token(scene.pod("orders-1"));
    var second = scene.token(scene.pod("orders-2"));
    var issued = scene.issue(first);

    assertThat(scene.reason(ACKNOWLEDGE, second, BrokerScene.names(issued)))
        .isEqualTo(Reason.LeaseNotFound);
    assertThat(scene.admits(issued)).isFalse();
  }

  @Test
  void aLeaseWhoseRequestWasDeletedIsNotActivated() {
    var token = scene.token(scene.pod("orders-1"));
    var issued = scene.issue(token);
    scene
        .kube()
        .client()
        .resources(CredentialRequest.class)
        .inNamespace(scene.kube().namespace())
        .withName("db")
        .delete();

    assertThat(scene.reason(ACKNOWLEDGE, token, BrokerScene.names(issued)))
        .isEqualTo(Reason.RequestNotFound);
    assertThat(scene.admits(issued)).isFalse();
  }

  @Test
  void aDeletedLeaseIsNeitherActivatedNorReissuedUntilItIsGone() {
    var token = scene.token(scene.pod("orders-1"));
    var issued = scene.issue(token);
    scene.kube().client().resource(scene.leases().getFirst()).delete();

    assertThat(scene.reason(ACKNOWLEDGE, token, BrokerScene.names(issued)))
        .isEqualTo(Reason.LeaseEnded);
    assertThat(scene.issuing(token)).isEqualTo(Reason.LeaseBusy);
    assertThat(scene.admits(issued)).isFalse();
  }

  @Test
  void aTokenUsedElsewhereShowsOnItsPod() {
    var pod = scene.pod("orders-1");

    scene.postFrom("127.0.0.2", ISSUE, scene.token(pod), BrokerScene.asks("db", "db"));

    Awaitility.await().until(() -> !scene.eventsAbout(pod, Reason.AddressMismatch).isEmpty());
  }

  @Test
  void aRefusalThatLastsShowsOnThePodAndTheRequestOnce() {
    var pod = scene.pod("bills-1", "bills", "orders", "127.0.0.1");
    var token = scene.token(pod);

    for (var i = 0; i < 5; i++) {
      assertThat(scene.issuing(token)).isEqualTo(Reason.NotSelected);
    }

    Awaitility.await()
        .untilAsserted(
            () -> {
              assertThat(scene.eventsAbout(pod, Reason.NotSelected)).hasSize(1);
              assertThat(scene.eventsAbout(scene.request("db"), Reason.NotSelected)).hasSize(1);
            });
    assertThat(scene.eventsAbout(pod, Reason.NotSelected).getFirst().getCount()).isEqualTo(1);
  }

  @Test
  void whatIsMalformedIsRefusedAsSuch() {
    var token = scene.token(scene.pod("orders-1"));

    assertThat(scene.reason(ISSUE, token, "{".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(Reason.BadRequest);
    assertThat(scene.post(ISSUE, token, new byte[100_000]).statusCode()).isEqualTo(413);
  }

  private static Instant in(int minutes) {
    return Instant.now().plusSeconds(minutes * 60L);
  }
}
