package dev.hallpass.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.provider.postgresql.PostgreSqlDriver;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.PostgresServer;
import dev.hallpass.testing.Workloads;
import dev.hallpass.wire.Codec;
import dev.hallpass.wire.LeaseAnswer.Next;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Policies at a real API server have their say, and nothing is minted against it. */
@ExtendWith({KubeApi.class, PostgresServer.class})
class BrokerPolicyIT {
  private static final String ISSUE = "/v1/credentials";

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
    var forged = scene.pod("orders-3");
    scene.controlledBy(
        forged,
        Workloads.controller("apps/v1", "Deployment", "orders", UUID.randomUUID().toString()));

    assertThat(scene.reason(ISSUE, bare, BrokerScene.asks("db", "db")))
        .isEqualTo(Reason.PolicyDenied);
    assertThat(scene.reason(ISSUE, scene.token(forged), BrokerScene.asks("db", "db")))
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

  private static Instant in(int minutes) {
    return Instant.now().plusSeconds(minutes * 60L);
  }
}
