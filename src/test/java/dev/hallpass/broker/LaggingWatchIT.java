package dev.hallpass.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.audit.AuditEvent;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.provider.postgresql.PostgreSqlDriver;
import dev.hallpass.reconcile.Controller;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.NamespacePolicies;
import dev.hallpass.testing.PeoplesWord;
import dev.hallpass.testing.PostgresServer;
import dev.hallpass.testing.RecordedAudit;
import dev.hallpass.testing.StallingProxy;
import dev.hallpass.wire.Codec;
import dev.hallpass.wire.LeaseCall;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The broker's watch is connected, and silent: what somebody has just said is not shown to it. A
 * yes from it counts, a no does not ({@code docs/adr/0008}).
 */
@ExtendWith({KubeApi.class, PostgresServer.class})
class LaggingWatchIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String CLOSED =
      "validations: [{expression: 'false', reason: Closed, message: nothing today}]";

  private final PostgreSqlDriver driver = new PostgreSqlDriver(new SecureRandom());
  private KubeApi kube;
  private StallingProxy proxy;
  private KubernetesClient watching;
  private NamespacePolicies policies;
  private PeoplesWord people;
  private BrokerScene scene;
  private String token;

  @BeforeEach
  void open(KubeApi api, PostgresServer.Instance postgres) {
    kube = api;
    proxy = StallingProxy.before(kube.client().getMasterUrl().getPort());
    watching =
        new KubernetesClientBuilder()
            .withConfig(proxy.configuration(kube.client()).build())
            .build();
    scene = new BrokerScene(kube, postgres, kube.client(), watching, kube.namespace(), driver);
    policies = new NamespacePolicies(kube.client(), kube.namespace());
    people = new PeoplesWord(kube.client(), kube.namespace());
    people.asked("db");
    scene.awaitWatch();
    token = scene.token(scene.pod("orders-1"));
  }

  @AfterEach
  void close() {
    policies.close();
    scene.close();
    watching.close();
    proxy.close();
    driver.close();
  }

  private Reason issuing() {
    var answer = scene.post("/v1/credentials", token, BrokerScene.asks("db", "db"));
    return answer.statusCode() == 200 ? Reason.Issued : BrokerScene.reason(answer);
  }

  /** It waits a moment longer, and asks again every few seconds. */
  @Test
  void anApprovalThatTheWatchHasNotShownLetsThePodInOnceItHas() {
    scene.policy("asks", "requireApproval: {}");
    assertThat(issuing()).isEqualTo(Reason.ApprovalAwaited);

    proxy.stall();
    people.yes("ann", scene.leases().getFirst());
    assertThat(issuing()).isEqualTo(Reason.ApprovalAwaited);

    proxy.goOn();
    await().atMost(SOON).until(() -> issuing() == Reason.Issued);
    assertThat(scene.leases()).hasSize(1);
  }

  @Test
  void aPolicyThatIsGoneThoughTheWatchStillShowsItKeepsNobodyOut() {
    scene.policy("closed", CLOSED);
    assertThat(issuing()).isEqualTo(Reason.PolicyDenied);

    proxy.stall();
    kube.client().resources(CredentialPolicy.class).withName(kube.namespace() + "-closed").delete();

    assertThat(issuing()).isEqualTo(Reason.Issued);
  }

  /** The last word was the provider's: what the watch let policies say is not beside it. */
  @Test
  void theTrailHasOnlyWhatTheLastWordRestsOn() {
    scene.policy("closed", CLOSED);
    assertThat(issuing()).isEqualTo(Reason.PolicyDenied);
    assertThat(scene.audit().said().getLast()).isInstanceOf(AuditEvent.Decided.class);

    proxy.stall();
    kube.client().resources(CredentialProvider.class).inNamespace(kube.namespace()).delete();

    assertThat(issuing()).isEqualTo(Reason.ProviderNotFound);
    assertThat(scene.audit().said().getLast())
        .isInstanceOfSatisfying(
            AuditEvent.Refused.class,
            r -> assertThat(r.reason()).isEqualTo(Reason.ProviderNotFound));
  }

  /** The window that the broker leaves, and what closes it. */
  @Test
  void whatAPolicyForbidsThatTheWatchHasNotShownEndsAtOnce() {
    scene.issue(token);
    proxy.stall();
    policies.apply("closed", CLOSED);
    var issued = scene.issue(token);
    scene.acknowledge(token, issued);
    assertThat(scene.admits(issued)).isTrue();

    try (var _ = controller()) {
      await()
          .atMost(SOON)
          .untilAsserted(
              () -> {
                var lease = scene.leases().getFirst();
                assertThat(LeaseJudge.over(lease)).isTrue();
                assertThat(lease.getStatus().endedBy()).isEqualTo(EndedBy.PolicyWithdrawn);
              });
      assertThat(scene.admits(issued)).isFalse();
      assertThat(renewing(issued.lease(), issued.epoch())).isEqualTo(Reason.LeaseEnded);
    }
    proxy.goOn();
    await().atMost(SOON).until(() -> issuing() == Reason.PolicyDenied);
  }

  @Test
  void whatANoForbidsThatTheWatchHasNotShownEndsAtOnce() {
    scene.policy("asks", "requireApproval: {}");
    assertThat(issuing()).isEqualTo(Reason.ApprovalAwaited);
    var lease = scene.leases().getFirst();
    people.yesToAll("ann", lease, Instant.now().plus(Duration.ofHours(1)));
    await().atMost(SOON).until(() -> issuing() == Reason.Issued);

    proxy.stall();
    people.no("bob", scene.leases().getFirst());
    var issued = scene.issue(token);
    scene.acknowledge(token, issued);

    try (var _ = controller()) {
      await().atMost(SOON).until(() -> scene.leases().stream().allMatch(LeaseJudge::over));
      assertThat(scene.admits(issued)).isFalse();
    }
  }

  private Reason renewing(String lease, long epoch) {
    var answer = scene.post("/v1/leases/renew", token, Codec.encode(new LeaseCall(lease, epoch)));
    return answer.statusCode() == 200 ? Reason.Renewed : BrokerScene.reason(answer);
  }

  private Controller controller() {
    return ControllerBeside.start(
        kube,
        kube.namespace(),
        new RecordedAudit(),
        new SimpleMeterRegistry(),
        null,
        List.of(driver));
  }
}
