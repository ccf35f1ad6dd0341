package dev.hallpass.broker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialLeaseSpec.BreakGlassRef;
import dev.hallpass.provider.postgresql.PostgreSqlDriver;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.PostgresServer;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Event;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a break-glass opens at the broker, and what it does not. */
@ExtendWith({KubeApi.class, PostgresServer.class})
class BreakGlassIT {
  private static final String ISSUE = "/v1/credentials";
  private static final String CLOSED =
      """
      breakGlass: %s
      validations: [{expression: 'false', reason: Closed, message: nothing today}]
      """;

  private final PostgreSqlDriver driver = new PostgreSqlDriver(new SecureRandom());
  private KubeApi kube;
  private BrokerScene scene;

  @BeforeEach
  void open(KubeApi kube, PostgresServer.Instance postgres) {
    this.kube = kube;
    scene = new BrokerScene(kube, postgres, driver);
  }

  @AfterEach
  void close() {
    scene.close();
    driver.close();
  }

  private Reason refused(String token) {
    return BrokerScene.reason(scene.post(ISSUE, token, BrokerScene.asks("db", "db")));
  }

  @Test
  void aPodGetsUnderItWhatAPolicyThatGivesWayDenies() {
    scene.policy("closed", CLOSED.formatted("Skip"));
    var token = scene.token(scene.pod("orders-1"));
    assertThat(refused(token)).isEqualTo(Reason.PolicyDenied);

    var open = scene.breakGlass("inc-7", "2m");
    var issued = scene.issue(token);
    var usable = scene.acknowledge(token, issued);

    assertThat(scene.admits(issued)).isTrue();
    assertThat(scene.leases().getFirst().getSpec().breakGlass())
        .isEqualTo(
            new BreakGlassRef(
                "inc-7", open.getMetadata().getUid(), List.of(kube.namespace() + "-closed")));
    var ends = Instant.parse(open.getMetadata().getCreationTimestamp()).plus(Duration.ofMinutes(2));
    assertThat(usable.expiresAt()).isEqualTo(ends);
    assertThat(scene.renew(token, issued).expiresAt()).isEqualTo(ends);
    await()
        .atMost(60, SECONDS)
        .untilAsserted(
            () -> {
              assertThat(warned(kube.namespace()))
                  .contains(
                      "Pod orders-1",
                      "CredentialRequest db",
                      "CredentialLease " + issued.lease(),
                      "BreakGlass inc-7");
              assertThat(warned("default"))
                  .contains("CredentialPolicy " + kube.namespace() + "-closed");
            });
    assertThat(kube.client().v1().events().inNamespace("default").list().getItems())
        .as("whoever reads default is told of no tenant's pods")
        .noneMatch(e -> e.getMessage().contains(kube.namespace() + "/"));
  }

  private List<String> warned(String namespace) {
    return kube.client().v1().events().inNamespace(namespace).list().getItems().stream()
        .filter(e -> "BreakGlassUsed".equals(e.getReason()) && "Warning".equals(e.getType()))
        .map(Event::getInvolvedObject)
        .map(o -> o.getKind() + " " + o.getName())
        .toList();
  }

  @Test
  void aPolicyThatIsToBeRespectedHolds() {
    scene.policy("open", CLOSED.formatted("Skip"));
    scene.policy("closed", CLOSED.formatted("Respect"));
    scene.breakGlass("inc-7", "1h");

    assertThat(refused(scene.token(scene.pod("orders-1")))).isEqualTo(Reason.PolicyDenied);
    assertThat(scene.leases()).isEmpty();
  }

  @Test
  void aLeaseThatWaitsForApprovalIsRelieved() {
    scene.policy("asks", "requireApproval: {approvals: 2, timeout: 1h}");
    var token = scene.token(scene.pod("orders-1"));
    assertThat(refused(token)).isEqualTo(Reason.ApprovalAwaited);
    var waiting = scene.leases().getFirst();

    scene.breakGlass("inc-7", "1h");
    var issued = scene.issue(token);
    scene.acknowledge(token, issued);

    assertThat(scene.admits(issued)).isTrue();
    var lease =
        scene.leases().stream()
            .filter(l -> l.getMetadata().getName().equals(issued.lease()))
            .findFirst()
            .orElseThrow();
    assertThat(lease.getSpec().breakGlass().skippedPolicies())
        .containsExactly(kube.namespace() + "-asks");
    assertThat(lease.getSpec().replaces().lease()).isEqualTo(waiting.getMetadata().getName());
    assertThat(lease.getStatus().approval()).isNull();
  }

  @Test
  void whoeverIsToBeRespectedIsAskedAllTheSame() {
    scene.policy("asks", "breakGlass: Respect\nrequireApproval: {approvals: 2, timeout: 1h}");
    scene.breakGlass("inc-7", "1h");

    assertThat(refused(scene.token(scene.pod("orders-1")))).isEqualTo(Reason.ApprovalAwaited);
  }

  @Test
  void whatTheProviderDoesNotOfferIsNotOpened() {
    scene.request("other", "writer", "15m");
    scene.breakGlass("inc-7", "1h");
    var token = scene.token(scene.pod("orders-1"));

    assertThat(BrokerScene.reason(scene.post(ISSUE, token, BrokerScene.asks("other", "db"))))
        .isEqualTo(Reason.AccessLevelUnknown);
  }

  @Test
  void nobodyElseProfitsByIt() {
    scene.policy("closed", CLOSED.formatted("Skip"));
    scene.request("other", "reader", "15m");
    scene.breakGlass("inc-7", "1h");
    var token = scene.token(scene.pod("orders-1"));

    assertThat(BrokerScene.reason(scene.post(ISSUE, token, BrokerScene.asks("other", "db"))))
        .isEqualTo(Reason.PolicyDenied);
  }

  @Test
  void aRequestThatBecomesAnotherIsNoLongerUnderIt() {
    scene.policy("closed", CLOSED.formatted("Skip"));
    scene.breakGlass("inc-7", "1h");
    var token = scene.token(scene.pod("orders-1"));
    var issued = scene.issue(token);
    scene.acknowledge(token, issued);
    scene.postgresProvider("ledger", 4096);

    scene.change("db", "/spec/credentials/0/providerRef/name", "ledger");

    await()
        .atMost(60, SECONDS)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(refused(token)).isEqualTo(Reason.PolicyDenied));
    assertThat(refused(scene.token(scene.pod("orders-2")))).isEqualTo(Reason.PolicyDenied);
    assertThat(scene.leases()).hasSize(1);
  }

  @Test
  void whatWasIssuedUnderItIsNotRenewedOnceTheRequestIsAnother() {
    scene.policy("closed", CLOSED.formatted("Skip"));
    scene.breakGlass("inc-7", "1h");
    var token = scene.token(scene.pod("orders-1"));
    var issued = scene.issue(token);
    scene.acknowledge(token, issued);

    scene.change("db", "/spec/purpose", "something else");

    await()
        .atMost(60, SECONDS)
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(
                        BrokerScene.reason(
                            scene.post("/v1/leases/renew", token, BrokerScene.names(issued))))
                    .isEqualTo(Reason.LeaseEnded));
  }

  @Test
  void onceItIsDeletedNothingIsIssuedOrRenewed() {
    scene.policy("closed", CLOSED.formatted("Skip"));
    var open = scene.breakGlass("inc-7", "1h");
    var token = scene.token(scene.pod("orders-1"));
    var issued = scene.issue(token);
    scene.acknowledge(token, issued);

    kube.client().resource(open).delete();

    await()
        .atMost(60, SECONDS)
        .untilAsserted(
            () ->
                assertThat(
                        BrokerScene.reason(
                            scene.post("/v1/leases/renew", token, BrokerScene.names(issued))))
                    .isEqualTo(Reason.LeaseEnded));
    assertThat(refused(scene.token(scene.pod("orders-2")))).isEqualTo(Reason.PolicyDenied);
  }

  @Test
  void whatWasIssuedBeforeIsRelievedByALeaseThatEndsWithIt() {
    var token = scene.token(scene.pod("orders-1"));
    var ordinary = scene.issue(token);
    scene.acknowledge(token, ordinary);
    scene.policy("closed", CLOSED.formatted("Skip"));
    assertThat(refused(token)).isEqualTo(Reason.PolicyDenied);
    scene.breakGlass("inc-7", "1h");

    var under = scene.issue(token);

    assertThat(under.lease()).isNotEqualTo(ordinary.lease());
    var lease =
        scene.leases().stream()
            .filter(l -> l.getMetadata().getName().equals(under.lease()))
            .findFirst()
            .orElseThrow();
    assertThat(lease.getSpec().breakGlass()).extracting("name").isEqualTo("inc-7");
    assertThat(lease.getSpec().replaces())
        .satisfies(
            r -> {
              assertThat(r.lease()).isEqualTo(ordinary.lease());
              assertThat(r.overlap()).isEqualTo("0s");
            });
  }

  @Test
  void whatPoliciesAllowAnywayIsNotUnderIt() {
    scene.breakGlass("inc-7", "1h");
    var token = scene.token(scene.pod("orders-1"));

    scene.issue(token);

    assertThat(scene.leases().getFirst().getSpec().breakGlass()).isNull();
  }
}
