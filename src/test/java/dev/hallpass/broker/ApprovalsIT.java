package dev.hallpass.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.provider.Subject;
import dev.hallpass.provider.postgresql.PostgreSqlDriver;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.PeoplesWord;
import dev.hallpass.testing.PostgresServer;
import dev.hallpass.wire.Codec;
import dev.hallpass.wire.IssueAnswer;
import dev.hallpass.wire.IssueRequest;
import dev.hallpass.wire.LeaseCall;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Pods wait for people at a real API server, and nothing is minted at a real PostgreSQL. */
@ExtendWith({KubeApi.class, PostgresServer.class})
class ApprovalsIT {
  private static final String ISSUE = "/v1/credentials";
  private static final String ACKNOWLEDGE = "/v1/leases/acknowledge";
  private static final String RENEW = "/v1/leases/renew";
  private static final Duration SOON = Duration.ofSeconds(60);

  private final PostgreSqlDriver driver = new PostgreSqlDriver(new SecureRandom());
  private BrokerScene scene;
  private PeoplesWord people;

  @BeforeEach
  void open(KubeApi kube, PostgresServer.Instance postgres) {
    scene = new BrokerScene(kube, postgres, driver);
    people = new PeoplesWord(kube.client(), kube.namespace());
    people.asked("db");
  }

  @AfterEach
  void close() {
    scene.close();
    driver.close();
  }

  private CredentialLease lease() {
    assertThat(scene.leases()).hasSize(1);
    return scene.leases().getFirst();
  }

  private boolean minted(CredentialLease lease) {
    var uid = UUID.fromString(lease.getMetadata().getUid());
    return scene.accounts().contains(new Subject(BrokerScene.INSTALLATION, uid).name());
  }

  private IssueAnswer issuedSoon(String token) {
    await().atMost(SOON).until(() -> scene.issuing(token) == Reason.Issued);
    return scene.issue(token);
  }

  @Test
  void aPodWaitsUntilSomebodySaysYes() {
    scene.policy("asks", "requireApproval: {timeout: 4h}");
    var pod = scene.pod("orders-1");
    var token = scene.token(pod);

    var waiting = scene.post(ISSUE, token, BrokerScene.asks("db", "db"));

    var lease = lease();
    assertThat(waiting.statusCode()).isEqualTo(403);
    assertThat(waiting.headers().firstValue("Retry-After")).hasValue("5");
    assertThat(BrokerScene.reason(waiting)).isEqualTo(Reason.ApprovalAwaited);
    assertThat(new String(waiting.body(), StandardCharsets.UTF_8))
        .contains("lease %s waits for approval until".formatted(lease.getMetadata().getName()))
        .contains("has 0 of 1 approvals");
    assertThat(LeaseJudge.phase(lease)).isEqualTo(LeasePhase.AwaitingApproval);
    assertThat(Instant.parse(lease.getStatus().approval().deadline()))
        .isBetween(in(Duration.ofMinutes(239)), in(Duration.ofMinutes(241)));
    assertThat(minted(lease)).isFalse();
    for (var told : List.of(pod, scene.request("db"), lease)) {
      await()
          .atMost(SOON)
          .untilAsserted(
              () -> assertThat(scene.eventsAbout(told, Reason.ApprovalAwaited)).hasSize(1));
    }

    assertThat(scene.issuing(token)).as("asked again").isEqualTo(Reason.ApprovalAwaited);
    assertThat(lease().getMetadata().getResourceVersion())
        .as("and nothing is written")
        .isEqualTo(lease.getMetadata().getResourceVersion());

    people.yes("ann", lease);
    var issued = issuedSoon(token);

    assertThat(issued.lease()).isEqualTo(lease.getMetadata().getName());
    scene.acknowledge(token, issued);
    assertThat(scene.admits(issued)).isTrue();
    scene.renew(token, issued);
    var approval = lease().getStatus().approval();
    assertThat(approval.policies().getFirst().approvedBy()).containsExactly("ann");
    assertThat(approval.approvedAt()).isNotNull();
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(scene.eventsAbout(pod, Reason.ApprovalGiven)).hasSize(1));
  }

  @Test
  void whatWaitsCannotBeAcknowledgedOrRenewed() {
    scene.policy("asks", "requireApproval: {}");
    var token = scene.token(scene.pod("orders-1"));
    scene.issuing(token);
    var name = Codec.encode(new LeaseCall(lease().getMetadata().getName(), 1));

    assertThat(scene.reason(ACKNOWLEDGE, token, name)).isEqualTo(Reason.ApprovalAwaited);
    assertThat(scene.reason(RENEW, token, name)).isEqualTo(Reason.LeaseBusy);
    people.yes("ann", lease());
    await()
        .during(Duration.ofSeconds(1))
        .atMost(SOON)
        .until(() -> scene.reason(ACKNOWLEDGE, token, name) == Reason.ApprovalAwaited);

    assertThat(LeaseJudge.phase(lease())).isEqualTo(LeasePhase.AwaitingApproval);
    assertThat(minted(lease())).isFalse();
  }

  @Test
  void asManyDifferentPeopleSayYesAsThePolicyAsks() {
    scene.policy("asks", "requireApproval: {approvals: 2}");
    var token = scene.token(scene.pod("orders-1"));
    scene.issuing(token);

    people.yes("ann", lease());
    people.yes("ann", lease());
    people.yes("carol", lease());
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(scene.issuing(token)).isEqualTo(Reason.ApprovalAwaited);
              assertThat(lease().getStatus().approval().policies().getFirst().approvedBy())
                  .containsExactly("ann");
            });
    assertThat(minted(lease())).isFalse();

    people.yes("bob", lease());
    assertThat(issuedSoon(token).lease()).isEqualTo(lease().getMetadata().getName());
  }

  @Test
  void oneNoIsEnough() {
    scene.policy("asks", "requireApproval: {approvals: 2}");
    var token = scene.token(scene.pod("orders-1"));
    scene.issuing(token);
    people.yes("ann", lease());
    people.yes("bob", lease());
    people.no("dora", lease());

    await().atMost(SOON).until(() -> scene.issuing(token) == Reason.ApprovalDenied);
    assertThat(minted(lease())).isFalse();
  }

  @Test
  void aYesIsNotForWhatTheRequestBecomesLater() {
    scene.policy("asks", "requireApproval: {}");
    var token = scene.token(scene.pod("orders-1"));
    scene.issuing(token);
    people.yes("ann", lease());
    change("15m", "45m");

    await()
        .during(Duration.ofSeconds(1))
        .atMost(SOON)
        .until(() -> scene.issuing(token) == Reason.LeaseBusy);
    assertThat(LeaseJudge.phase(lease())).isEqualTo(LeasePhase.AwaitingApproval);
    assertThat(minted(lease())).isFalse();
  }

  @Test
  void whatIsUsedIsNotRenewedOnceTheRequestHasChangedOrTheYesIsTakenBack() {
    scene.policy("asks", "requireApproval: {}");
    var token = scene.token(scene.pod("orders-1"));
    scene.issuing(token);
    var yes = people.yes("ann", lease());
    var issued = issuedSoon(token);
    scene.acknowledge(token, issued);

    change("purpose: \"test\"", "purpose: \"sell data\"");
    awaitAskedAnew(token, issued);
    change("purpose: \"sell data\"", "purpose: \"test\"");
    await()
        .atMost(SOON)
        .until(() -> scene.reason(RENEW, token, BrokerScene.names(issued)) == Reason.Issued);

    scene.kube().client().resource(yes).delete();
    awaitAskedAnew(token, issued);
  }

  @Test
  void anotherLeaseAsksWhileTheOldOneIsStillGood() {
    scene.policy("asks", "requireApproval: {}");
    var token = scene.token(scene.pod("orders-1"));
    scene.issuing(token);
    var yes = people.yes("ann", lease());
    var issued = issuedSoon(token);
    scene.acknowledge(token, issued);
    scene.kube().client().resource(yes).delete();
    awaitAskedAnew(token, issued);
    var replacing =
        Codec.encode(
            new IssueRequest("db", "db", new LeaseCall(issued.lease(), issued.epoch()), null));

    assertThat(scene.reason(ISSUE, token, replacing)).isEqualTo(Reason.ApprovalAwaited);
    assertThat(scene.reason(ISSUE, token, replacing)).isEqualTo(Reason.ApprovalAwaited);

    assertThat(scene.leases())
        .extracting(LeaseJudge::phase)
        .containsExactlyInAnyOrder(LeasePhase.Active, LeasePhase.AwaitingApproval);
    assertThat(scene.admits(issued)).isTrue();
    var successor =
        scene.leases().stream()
            .filter(l -> LeaseJudge.phase(l) == LeasePhase.AwaitingApproval)
            .findFirst()
            .orElseThrow();
    assertThat(successor.getSpec().replaces().lease()).isEqualTo(issued.lease());
    people.yes("bob", successor);
    await().atMost(SOON).until(() -> scene.reason(ISSUE, token, replacing) == Reason.Issued);
  }

  @Test
  void aYesToTheWorkloadLetsItsOtherPodsInUntilItIsOver() {
    scene.policy("asks", "requireApproval: {}");
    var first = scene.token(scene.pod("orders-1"));
    scene.issuing(first);
    var waited = lease();
    var yes = people.yesToAll("ann", waited, in(Duration.ofHours(1)));
    scene.acknowledge(first, issuedSoon(first));

    var second = scene.token(scene.pod("orders-2"));
    var issued = scene.issue(second);
    scene.acknowledge(second, issued);
    assertThat(named(issued.lease()).getStatus().approval().policies().getFirst().approvedBy())
        .containsExactly("ann");

    people.yesToAll("ann", waited, in(Duration.ofSeconds(-1)));
    scene.kube().client().resource(yes).delete();
    awaitAskedAnew(second, issued);
    var third = scene.token(scene.pod("orders-3"));
    assertThat(scene.issuing(third)).isEqualTo(Reason.ApprovalAwaited);
  }

  /** Behind the name there may be another target by now, and behind its levels other rights. */
  @Test
  void aYesToTheWorkloadIsNoneForAProviderThatIsMadeAnew() {
    scene.policy("asks", "requireApproval: {}");
    var first = scene.token(scene.pod("orders-1"));
    scene.issuing(first);
    var yes = people.yesToAll("ann", lease(), in(Duration.ofHours(1)));
    var issued = issuedSoon(first);
    scene.acknowledge(first, issued);
    assertThat(scene.issuing(scene.token(scene.pod("orders-2")))).isEqualTo(Reason.Issued);

    var said = Instant.parse(yes.getMetadata().getCreationTimestamp());
    await().atMost(SOON).until(() -> Instant.now().isAfter(said.plusSeconds(1)));
    var providers =
        scene
            .kube()
            .client()
            .resources(CredentialProvider.class)
            .inNamespace(scene.kube().namespace());
    providers.withName("pg").delete();
    await().atMost(SOON).until(() -> providers.withName("pg").get() == null);
    scene.postgresProvider("pg", 4096);

    awaitAskedAnew(first, issued);
    assertThat(scene.issuing(scene.token(scene.pod("orders-3")))).isEqualTo(Reason.ApprovalAwaited);
  }

  /** No yes that the broker knows of covers its renewal any more. */
  private void awaitAskedAnew(String token, IssueAnswer issued) {
    await()
        .atMost(SOON)
        .until(
            () -> scene.reason(RENEW, token, BrokerScene.names(issued)) == Reason.ApprovalAwaited);
  }

  @Test
  void aYesToOnePodIsNoneToAnother() {
    scene.policy("asks", "requireApproval: {}");
    var first = scene.token(scene.pod("orders-1"));
    scene.issuing(first);
    people.yes("ann", lease());
    issuedSoon(first);

    assertThat(scene.issuing(scene.token(scene.pod("orders-2")))).isEqualTo(Reason.ApprovalAwaited);
  }

  @Test
  void goesOnWhenNobodyIsAskedAnyMore() {
    scene.policy("asks", "requireApproval: {}");
    var token = scene.token(scene.pod("orders-1"));
    scene.issuing(token);
    var waited = lease().getMetadata().getName();

    scene
        .kube()
        .client()
        .resources(CredentialPolicy.class)
        .withName(scene.kube().namespace() + "-asks")
        .delete();

    assertThat(issuedSoon(token).lease()).isEqualTo(waited);
  }

  @Test
  void nobodyIsAskedWhereTheConditionIsFalse() {
    scene.policy("writers", "requireApproval: {when: \"credential.access == 'writer'\"}");

    assertThat(scene.issue(scene.token(scene.pod("orders-1"))).epoch()).isEqualTo(1);
  }

  private CredentialLease named(String name) {
    return scene.leases().stream()
        .filter(l -> l.getMetadata().getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private void change(String from, String to) {
    var request = scene.request("db");
    var yaml = Serialization.asYaml(request);
    assertThat(yaml).contains(from);
    scene
        .kube()
        .client()
        .resource(Serialization.unmarshal(yaml.replace(from, to), CredentialRequest.class))
        .update();
  }

  private static Instant in(Duration time) {
    return Instant.now().plus(time);
  }
}
