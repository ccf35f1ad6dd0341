package dev.hallpass.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.chart.Grants;
import dev.hallpass.provider.postgresql.PostgreSqlDriver;
import dev.hallpass.testing.Access;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.PeoplesWord;
import dev.hallpass.testing.PostgresServer;
import dev.hallpass.testing.WindowKind;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The broker with the chart's permissions and no others: it must get by with them, and the audit
 * log of the API server must show that it needs them.
 */
@ExtendWith({KubeApi.class, PostgresServer.class})
class BrokerPermissionsIT {
  private static final String ACCOUNT = "hallpass-broker";
  private static final Duration SOON = Duration.ofSeconds(60);

  /** What the code asks for in cases that this test does not make. */
  private static final Set<String> ELSEWHERE =
      Set.of(
          // Its certificate: ServingCertificate.
          "get secrets",
          "list secrets",
          "watch secrets",
          // Its audit trail, which begins in the process: AuditStore.
          "patch configmaps",
          // The list of a CA whose certificates it issues: RevocationLists.
          "get configmaps",
          // An Event that repeats: Events.
          "get events",
          "patch events",
          // A policy that asks for the workload behind a pod, of these kinds: LiveSurroundings.
          "get statefulsets.apps",
          "get daemonsets.apps",
          "get jobs.batch",
          "get cronjobs.batch",
          // Whoever writes an approval or reviews a break-glass: ClusterRights.
          "create subjectaccessreviews.authorization.k8s.io",
          // A refusal over a provider of the cluster, asked again: LiveCatalog.
          "get clustercredentialproviders.hallpass.dev");

  private final PostgreSqlDriver driver = new PostgreSqlDriver(new SecureRandom());
  private KubeApi kube;
  private Grants grants;
  private KubernetesClient acting;
  private BrokerScene scene;

  @BeforeEach
  void open(KubeApi api, PostgresServer.Instance postgres) {
    kube = api;
    grants = Grants.install(api, "broker");
    grants.grantAdminSecret();
    acting = api.client(ACCOUNT);
    // The authorizer learns of new roles by a watch.
    await()
        .atMost(SOON)
        .until(
            () ->
                grants.allow("watch", "hallpass.dev", "credentialpolicies", null)
                    && grants.allow("watch", "", "secrets", "hallpass-serving")
                    && grants.allow("get", "", "secrets", "admin"));
    scene = new BrokerScene(api, postgres, acting, api.namespace(), driver);
  }

  @AfterEach
  void close() {
    scene.close();
    acting.close();
    grants.close();
    driver.close();
  }

  @Test
  void worksWithWhatTheChartGrantsAndNeedsAllOfIt() {
    var deployed = scene.pod("orders-1");
    scene.deployedBy(deployed, "orders");
    scene.policy(
        "somewhere",
        """
        validations:
        - expression: "owners.exists(o, o.kind == 'Deployment') && (node == null || true)"
        """);
    var token = scene.token(deployed);
    var issued = scene.issue(token);
    scene.acknowledge(token, issued);
    scene.renew(token, issued);
    scene.issue(token);
    var stranger = scene.token(scene.pod("orders-2"));
    for (var i = 0; i < 2; i++) {
      var refused = scene.post("/v1/credentials", stranger, BrokerScene.asks("db", "db"));
      assertThat(BrokerScene.reason(refused)).isEqualTo(Reason.PolicyDenied);
    }

    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              var accesses = kube.accesses(ACCOUNT);
              assertThat(accesses).isNotEmpty().allMatch(Access::allowed);
              assertThat(grants.unused(accesses)).isSubsetOf(ELSEWHERE);
            });
  }

  @Test
  void tellsEverybodyConcernedOfABreakGlassWithThem() {
    scene.policy(
        "closed",
        """
        breakGlass: Skip
        validations: [{expression: 'false', reason: Closed, message: nothing today}]
        """);
    scene.breakGlass("inc-7", "1h");
    var token = scene.token(scene.pod("orders-1"));
    var issued = scene.issue(token);
    scene.acknowledge(token, issued);

    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(told("BreakGlassUsed", kube.namespace() + "/inc-7"))
                    .contains(
                        "Pod orders-1",
                        "CredentialRequest db",
                        "CredentialLease " + issued.lease(),
                        "BreakGlass inc-7"));
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(told("BreakGlassUsed", "gave way"))
                    .contains("CredentialPolicy " + kube.namespace() + "-closed"));
    assertThat(kube.accesses(ACCOUNT)).isNotEmpty().allMatch(Access::allowed);
  }

  @Test
  void asksPeopleAndHearsThemWithThem() {
    var people = new PeoplesWord(kube.client(), kube.namespace());
    people.asked("db");
    scene.policy("asks", "requireApproval: {timeout: 1h}");
    var token = scene.token(scene.pod("orders-1"));
    var asked = BrokerScene.asks("db", "db");
    assertThat(BrokerScene.reason(scene.post("/v1/credentials", token, asked)))
        .isEqualTo(Reason.ApprovalAwaited);
    var lease = scene.leases().getFirst().getMetadata().getName();

    people.yes("ann", scene.leases().getFirst());
    await()
        .atMost(SOON)
        .until(() -> scene.post("/v1/credentials", token, asked).statusCode() == 200);

    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(told("ApprovalAwaited", lease))
                    .contains("Pod orders-1", "CredentialRequest db", "CredentialLease " + lease));
    assertThat(kube.accesses(ACCOUNT)).isNotEmpty().allMatch(Access::allowed);
  }

  @Test
  void readsParametersOfAKindThatItsOwnerLetsItRead() {
    try (var windows = new WindowKind(kube.client(), kube.namespace())) {
      windows.install();
      windows.set("a", "{open: false}");
      grants.aggregate(windows.role("list", "watch"));
      await()
          .atMost(SOON)
          .until(() -> grants.allow("watch", kube.namespace() + ".example.com", "windows", null));
      scene.policy(
          "window",
          windows.params("a")
              + "validations: [{expression: params.spec.open == true, message: closed, reason: Closed}]\n");
      var token = scene.token(scene.pod("orders-1"));
      var asked = BrokerScene.asks("db", "db");
      await()
          .atMost(SOON)
          .untilAsserted(
              () ->
                  assertThat(asString(scene.post("/v1/credentials", token, asked)))
                      .contains("Closed: closed"));

      windows.set("a", "{open: true}");

      await()
          .atMost(SOON)
          .until(() -> scene.post("/v1/credentials", token, asked).statusCode() == 200);
      assertThat(kube.accesses(ACCOUNT)).allMatch(Access::allowed);
    }
  }

  /** Each step says what is missing, and none of them lets anything through. */
  @Test
  void failsClosedUntilKindRightAndObjectAreThere() {
    try (var windows = new WindowKind(kube.client(), kube.namespace())) {
      scene.policy(
          "window",
          windows.params("a") + "validations: [{expression: params.spec.open == true}]\n");
      var token = scene.token(scene.pod("orders-1"));
      refused(token, "ParamKindUnknown: spec.params.paramKind: the API server has no kind Window");
      windows.install();
      refused(token, "ParamsForbidden: spec.params.paramKind: Hallpass may not list and watch");
      grants.aggregate(windows.role("list", "watch"));
      refused(token, "ParamsNotFound: spec.params.paramRef: there is no Window a in namespace");
      windows.set("a", "{open: true}");
      await()
          .atMost(SOON)
          .until(
              () ->
                  scene.post("/v1/credentials", token, BrokerScene.asks("db", "db")).statusCode()
                      == 200);
    }
  }

  private static String asString(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private void refused(String token, String why) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              var answer = scene.post("/v1/credentials", token, BrokerScene.asks("db", "db"));
              assertThat(BrokerScene.reason(answer)).isEqualTo(Reason.PolicyDenied);
              assertThat(asString(answer)).contains(why);
            });
  }

  private List<String> told(String reason, String of) {
    return kube.client().v1().events().inAnyNamespace().list().getItems().stream()
        .filter(e -> reason.equals(e.getReason()) && e.getMessage().contains(of))
        .map(Event::getInvolvedObject)
        .map(o -> o.getKind() + " " + o.getName())
        .toList();
  }
}
