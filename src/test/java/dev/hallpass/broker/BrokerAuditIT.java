package dev.hallpass.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.audit.AuditEvent.Decided;
import dev.hallpass.audit.AuditEvent.Delivered;
import dev.hallpass.audit.AuditEvent.Given;
import dev.hallpass.audit.AuditEvent.Issued;
import dev.hallpass.audit.AuditEvent.Operation;
import dev.hallpass.audit.AuditEvent.Outcome;
import dev.hallpass.audit.AuditEvent.Refused;
import dev.hallpass.audit.AuditEvent.Renewed;
import dev.hallpass.audit.Digest;
import dev.hallpass.provider.Subject;
import dev.hallpass.provider.postgresql.PostgreSqlDriver;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.PeoplesWord;
import dev.hallpass.testing.PostgresServer;
import dev.hallpass.wire.Codec;
import dev.hallpass.wire.IssueRequest;
import dev.hallpass.wire.LeaseCall;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the broker has the trail tell, and what it does not do where it cannot. */
@ExtendWith({KubeApi.class, PostgresServer.class})
class BrokerAuditIT {
  private final PostgreSqlDriver driver = new PostgreSqlDriver(new SecureRandom());
  private final FailingDriver failing = new FailingDriver(driver);
  private BrokerScene scene;

  @BeforeEach
  void setUp(KubeApi kube, PostgresServer.Instance postgres) {
    scene = new BrokerScene(kube, postgres, kube.client(), kube.namespace(), failing);
  }

  @AfterEach
  void tearDown() {
    scene.close();
    driver.close();
  }

  @Test
  void tellsOfADecisionBeforeWhatFollowsFromIt() {
    scene.policy("capped", "limits: {maxTtl: 10m}");
    var token = scene.token(scene.pod("orders-1"));
    var issued = scene.issue(token);
    scene.acknowledge(token, issued);
    scene.renew(token, issued);

    assertThat(scene.audit().said())
        .extracting(e -> e.getClass().getSimpleName())
        .containsExactly("Decided", "Issued", "Decided", "Delivered", "Decided", "Renewed");
    var decided = scene.audit().said(Decided.class).getFirst();
    assertThat(decided.outcome()).isEqualTo(Outcome.Allowed);
    assertThat(decided.ttl()).isEqualTo("10m");
    assertThat(decided.inputs()).matches("[0-9a-f]{64}");
    assertThat(decided.policies())
        .singleElement()
        .satisfies(
            p -> {
              assertThat(p.name()).contains("capped");
              assertThat(p.generation()).isEqualTo(1);
              assertThat(p.enforcement()).isEqualTo("Enforce");
              assertThat(p.denials()).isEmpty();
            });
    assertThat(scene.audit().said(Decided.class))
        .extracting(Decided::operation)
        .containsExactly(Operation.Issue, Operation.Acknowledge, Operation.Renew);
    var lease = scene.leases().getFirst().getMetadata();
    assertThat(scene.audit().said(Issued.class).getFirst().held().lease().uid())
        .isEqualTo(lease.getUid());
    assertThat(scene.audit().said(Delivered.class).getFirst().subject())
        .isEqualTo("%s/leases/%s".formatted(lease.getNamespace(), lease.getName()));
    assertThat(scene.audit().said(Renewed.class)).hasSize(1);
  }

  /**
   * The digest of what policies were shown covers the whole pod, whose numbers its author chose.
   */
  @Test
  void issuesToAPodWithNumbersThatNotEveryReaderCanHold() {
    var pod =
        new PodBuilder(scene.starting("orders-1"))
            .editMetadata()
            .withName("orders-2")
            .withResourceVersion(null)
            .withUid(null)
            .endMetadata()
            .editSpec()
            .withTerminationGracePeriodSeconds((1L << 53) + 1)
            .addNewToleration()
            .withKey("maintenance")
            .withOperator("Exists")
            .withEffect("NoExecute")
            .withTolerationSeconds(Long.MAX_VALUE)
            .endToleration()
            .endSpec()
            .build();
    var created = scene.kube().client().resource(pod).create();

    scene.issue(scene.token(scene.runs(created, "127.0.0.1")));

    assertThat(created.getSpec().getTerminationGracePeriodSeconds()).isEqualTo((1L << 53) + 1);
    assertThat(scene.audit().said(Decided.class).getFirst().inputs()).matches("[0-9a-f]{64}");
  }

  /** The same policy of the same generation: what is another is told. */
  @Test
  void tellsOnWhichParametersADecisionRests() {
    var closed = params("no");
    scene.policy(
        "hours",
        """
        params: {configMap: windows}
        validations: [{expression: "params.open == 'yes'", message: not now, reason: Closed}]
        """);
    var token = scene.token(scene.pod("orders-1"));
    assertThat(scene.issuing(token)).isEqualTo(Reason.PolicyDenied);
    var opened = params("yes");
    assertThat(scene.issuing(token)).isEqualTo(Reason.Issued);

    assertThat(scene.audit().said(Decided.class))
        .extracting(d -> d.outcome() + " " + d.policies().getFirst().generation())
        .containsExactly("Denied 1", "Allowed 1");
    assertThat(scene.audit().said(Decided.class))
        .extracting(d -> d.policies().getFirst().params())
        .containsExactly(given(closed, "no"), given(opened, "yes"));
    assertThat(opened.getResourceVersion()).isNotEqualTo(closed.getResourceVersion());
  }

  private static Given given(ObjectMeta windows, String open) {
    return new Given(
        "ConfigMap windows",
        windows.getUid(),
        null,
        windows.getResourceVersion(),
        Digest.of(Map.of("open", open)));
  }

  private ObjectMeta params(String open) {
    return scene
        .kube()
        .client()
        .configMaps()
        .inNamespace(scene.kube().namespace())
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName("windows")
                .addToLabels(HallpassApi.PARAMS_LABEL, "true")
                .endMetadata()
                .addToData("open", open)
                .build())
        .serverSideApply()
        .getMetadata();
  }

  @Test
  void tellsWhichPolicyDenied() {
    scene.policy("never", "validations: [{expression: 'false', message: no, reason: Never}]");
    var token = scene.token(scene.pod("orders-1"));

    scene.post("/v1/credentials", token, BrokerScene.asks("db", "db"));

    assertThat(scene.audit().said(Decided.class))
        .singleElement()
        .satisfies(
            d -> {
              assertThat(d.outcome()).isEqualTo(Outcome.Denied);
              assertThat(d.reason()).isEqualTo(Reason.PolicyDenied);
              assertThat(d.policies().getFirst().denials().getFirst()).contains("Never: no");
            });
  }

  /** Nothing is recorded as allowed before the people who are asked have said yes. */
  @Test
  void tellsThatALeaseWaitsForPeopleUntilTheyHaveSaidYes() {
    scene.policy("asks", "requireApproval: {}");
    var people = new PeoplesWord(scene.kube().client(), scene.kube().namespace());
    people.asked("db");
    var token = scene.token(scene.pod("orders-1"));

    scene.post("/v1/credentials", token, BrokerScene.asks("db", "db"));
    var lease = scene.leases().getFirst();
    scene.post(
        "/v1/leases/acknowledge",
        token,
        Codec.encode(new LeaseCall(lease.getMetadata().getName(), 1)));

    assertThat(scene.audit().said())
        .allSatisfy(
            e -> {
              assertThat(e).isInstanceOf(Decided.class);
              assertThat(((Decided) e).outcome()).isEqualTo(Outcome.Waiting);
              assertThat(((Decided) e).reason()).isEqualTo(Reason.ApprovalAwaited);
            })
        .extracting(e -> ((Decided) e).operation())
        .containsExactly(Operation.Issue, Operation.Acknowledge);

    people.yes("ann", lease);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                scene.post("/v1/credentials", token, BrokerScene.asks("db", "db")).statusCode()
                    == 200);
    var said = scene.audit().said();
    assertThat(said.getLast()).isInstanceOf(Issued.class);
    assertThat(((Decided) said.get(said.size() - 2)).outcome()).isEqualTo(Outcome.Allowed);
    assertThat(scene.audit().said(Decided.class))
        .filteredOn(d -> d.outcome() == Outcome.Allowed)
        .hasSize(1);
  }

  /** Pods that wait ask every few seconds: the trail has it once, and again when that changes. */
  @Test
  void tellsOfAWaitAgainOnlyWhereSomethingHasChanged() {
    scene.policy("asks", "requireApproval: {approvals: 2}");
    var people = new PeoplesWord(scene.kube().client(), scene.kube().namespace());
    people.asked("db");
    var token = scene.token(scene.pod("orders-1"));

    for (var i = 0; i < 5; i++) {
      scene.post("/v1/credentials", token, BrokerScene.asks("db", "db"));
    }
    assertThat(scene.audit().said(Decided.class)).hasSize(1);
    scene.post("/v1/credentials", scene.token(scene.pod("orders-2")), BrokerScene.asks("db", "db"));
    assertThat(scene.audit().said(Decided.class)).hasSize(2);

    people.yes("ann", leaseOf("orders-1"));
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              scene.post("/v1/credentials", token, BrokerScene.asks("db", "db"));
              return scene.audit().said(Decided.class).size() == 3;
            });
    scene.post("/v1/credentials", token, BrokerScene.asks("db", "db"));
    assertThat(scene.audit().said(Decided.class))
        .hasSize(3)
        .allSatisfy(d -> assertThat(d.outcome()).isEqualTo(Outcome.Waiting));
    assertThat(scene.audit().said(Decided.class).getLast().message())
        .isNotEqualTo(scene.audit().said(Decided.class).getFirst().message());
  }

  private CredentialLease leaseOf(String pod) {
    return scene.leases().stream()
        .filter(l -> l.getSpec().pod().name().equals(pod))
        .findFirst()
        .orElseThrow();
  }

  /** What was allowed, and then failed by an error that nobody expected. */
  @Test
  void tellsOfWhatFailedUnexpectedly() {
    var token = scene.token(scene.pod("orders-1"));
    failing.dieAt(FailingDriver.Point.BEFORE_ISSUE);

    scene.post("/v1/credentials", token, BrokerScene.asks("db", "db"));

    var said = scene.audit().said(Decided.class);
    assertThat(said).extracting(Decided::outcome).containsExactly(Outcome.Allowed, Outcome.Denied);
    assertThat(said.getLast().reason()).isEqualTo(Reason.InternalError);
    assertThat(said.getLast().message()).isEqualTo(Reason.InternalError.meaning());
  }

  /**
   * A lease's epoch is in records; whoever may write its status cannot make it too large for them.
   */
  @Test
  void leavesNoRoomForAnEpochThatNotEveryReaderCanHold() {
    scene.issue(scene.token(scene.pod("orders-1")));

    assertThatThrownBy(
            () ->
                scene
                    .kube()
                    .client()
                    .resource(scene.leases().getFirst())
                    .subresource("status")
                    .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"status\":{\"epoch\":9007199254740992}}"))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(422));
  }

  /** The yes is there, and still nothing is minted. */
  @Test
  void mintsNothingThatIsApprovedWhereTheTrailCannotBeWritten() {
    scene.policy("asks", "requireApproval: {}");
    var people = new PeoplesWord(scene.kube().client(), scene.kube().namespace());
    people.asked("db");
    var token = scene.token(scene.pod("orders-1"));
    scene.post("/v1/credentials", token, BrokerScene.asks("db", "db"));
    scene.audit().fail();
    people.yes("ann", scene.leases().getFirst());

    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                BrokerScene.reason(
                        scene.post("/v1/credentials", token, BrokerScene.asks("db", "db")))
                    == Reason.AuditUnavailable);
    var account =
        new Subject(
                BrokerScene.INSTALLATION,
                UUID.fromString(scene.leases().getFirst().getMetadata().getUid()))
            .name();
    assertThat(scene.accounts()).doesNotContain(account);

    scene.audit().heal();
    scene.issue(token);
    assertThat(scene.accounts()).contains(account);
  }

  @Test
  void tellsOfAStolenTokenAndOfWhatAPodMayNotAskFor() {
    var pod = scene.pod("orders-1");
    var token = scene.token(pod);

    scene.postFrom("127.0.0.2", "/v1/credentials", token, BrokerScene.asks("db", "db"));
    scene.post("/v1/credentials", token, BrokerScene.asks("nothing", "db"));
    scene.post("/v1/leases/renew", token, Codec.encode(new LeaseCall("somebody-elses-db-1", 1)));
    scene.post("/v1/credentials", "no-token", BrokerScene.asks("db", "db"));

    assertThat(scene.audit().said(Refused.class))
        .extracting(Refused::reason)
        .containsExactly(Reason.AddressMismatch, Reason.RequestNotFound, Reason.LeaseNotFound);
    assertThat(scene.audit().said(Refused.class).getFirst().address()).isEqualTo("127.0.0.2");
  }

  /** It may ask without end: that must not fill a volume that the trail is written to. */
  @Test
  void tellsOnceOfWhatAPodIsRefusedAgainAndAgain() {
    var token = scene.token(scene.pod("orders-1"));

    for (var i = 0; i < 5; i++) {
      scene.postFrom("127.0.0.2", "/v1/credentials", token, BrokerScene.asks("db", "db"));
      scene.post("/v1/credentials", token, BrokerScene.asks("nothing", "db"));
      scene.post("/v1/leases/renew", token, Codec.encode(new LeaseCall("somebody-elses-db-1", 1)));
    }

    assertThat(scene.audit().said(Refused.class))
        .extracting(Refused::reason)
        .containsExactly(Reason.AddressMismatch, Reason.RequestNotFound, Reason.LeaseNotFound);
  }

  @Test
  void tellsOfARefusalAgainWhereThePodWasAllowedMeanwhile() {
    scene.policy(
        "gate",
        "validations: [{expression: \"!('closed' in pod.metadata.labels)\", reason: Closed}]");
    var pod = scene.pod("orders-1");
    var token = scene.token(pod);

    closed(pod, true);
    scene.post("/v1/credentials", token, BrokerScene.asks("db", "db"));
    scene.post("/v1/credentials", token, BrokerScene.asks("db", "db"));
    closed(pod, false);
    scene.issue(token);
    closed(pod, true);
    scene.post("/v1/credentials", token, BrokerScene.asks("db", "db"));

    assertThat(scene.audit().said(Decided.class))
        .extracting(Decided::outcome)
        .containsExactly(Outcome.Denied, Outcome.Allowed, Outcome.Denied);
  }

  private void closed(Pod pod, boolean isSo) {
    scene
        .kube()
        .client()
        .resource(pod)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\": {\"labels\": {\"closed\": %s}}}".formatted(isSo ? "\"yes\"" : "null"));
  }

  /** Nothing is minted, nothing leaves, nothing is enabled and nothing is extended. */
  @Test
  void doesNothingWhereTheTrailCannotBeWritten() {
    var token = scene.token(scene.pod("orders-1"));
    scene.audit().fail();

    var refused = scene.post("/v1/credentials", token, Codec.encode(new IssueRequest("db", "db")));

    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(BrokerScene.reason(refused)).isEqualTo(Reason.AuditUnavailable);
    assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    assertThat(scene.leases()).isEmpty();

    scene.audit().heal();
    var issued = scene.issue(token);
    scene.audit().fail();
    var unheard = scene.post("/v1/leases/acknowledge", token, BrokerScene.names(issued));

    assertThat(BrokerScene.reason(unheard)).isEqualTo(Reason.AuditUnavailable);
    assertThat(scene.admits(issued)).isFalse();

    scene.audit().heal();
    scene.acknowledge(token, issued);
    var before = scene.leases().getFirst();
    scene.audit().fail();
    scene.post("/v1/leases/renew", token, BrokerScene.names(issued));

    assertThat(scene.leases().getFirst()).isEqualTo(before);
  }

  @Test
  void takesOverTheTraceOfACall() {
    assertThat(
            dev.hallpass.audit.Trace.ofCall(
                    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .parent())
        .startsWith("00-0af7651916cd43dd8448eb211c80319c-");
    assertThat(dev.hallpass.audit.Trace.ofCall("nonsense").parent())
        .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00");
  }
}
