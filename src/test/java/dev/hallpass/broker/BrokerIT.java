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
import dev.hallpass.wire.IssueAnswer;
import dev.hallpass.wire.LeaseAnswer.Next;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({KubeApi.class, PostgresServer.class})
class BrokerIT {
  private static final String ISSUE = "/v1/credentials";
  private static final String ACKNOWLEDGE = "/v1/leases/acknowledge";
  private static final String CHECK = "/v1/leases/check";

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

    scene.acknowledge(token, issued);
    assertThat(scene.admits(issued)).isTrue();
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
