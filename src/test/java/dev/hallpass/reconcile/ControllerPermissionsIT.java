package dev.hallpass.reconcile;

import static dev.hallpass.reconcile.ControllerScene.account;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.audit.AuditStore;
import dev.hallpass.audit.Journal;
import dev.hallpass.audit.JournalSettings;
import dev.hallpass.audit.SinkSettings;
import dev.hallpass.chart.Grants;
import dev.hallpass.kube.Conditions;
import dev.hallpass.pki.Lifetimes;
import dev.hallpass.pki.Rotation;
import dev.hallpass.pki.ServingNames;
import dev.hallpass.provider.x509.OutlivedLists;
import dev.hallpass.reconcile.certificates.AuditKeyKeeper;
import dev.hallpass.reconcile.certificates.CertificateKeeper;
import dev.hallpass.reconcile.certificates.CertificateNames;
import dev.hallpass.testing.Access;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.NamespacePolicies;
import dev.hallpass.testing.WindowKind;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.OutputStream;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The controller with the chart's permissions and no others: it must get by with them, and the
 * audit log of the API server must show that it needs them.
 */
@ExtendWith(KubeApi.class)
class ControllerPermissionsIT {
  private static final String ACCOUNT = "hallpass-controller";
  private static final Duration SOON = Duration.ofSeconds(60);

  private static final Set<String> OWN_SECRETS =
      Set.of("hallpass-audit", "hallpass-ca", "hallpass-serving");

  /** What the code asks for in cases that this test does not make. */
  private static final Set<String> ELSEWHERE =
      Set.of(
          // Revocation lists, which go with certificates: RevocationLists.
          "create configmaps",
          "get configmaps",
          // A serving certificate near its end: CertificateKeeper.
          "update secrets",
          // After the retention, and where another write came first: LeaseStore, JOSDK.
          "delete credentialleases.hallpass.dev",
          "get credentialleases.hallpass.dev",
          // JOSDK asks at its start whether it may, and never does.
          "update leases.coordination.k8s.io",
          // An Event that repeats: Events.
          "get events",
          "patch events",
          // A policy that asks for the workload behind a pod: LiveSurroundings.
          "get replicasets.apps",
          "get deployments.apps",
          "get statefulsets.apps",
          "get daemonsets.apps",
          "get jobs.batch",
          "get cronjobs.batch",
          // Before anything ends for an absence: FactsReader, LiveCatalog.
          "get namespaces",
          "get nodes",
          "get serviceaccounts",
          // The code of credentialproviders, with a kind of its own.
          "get clustercredentialproviders.hallpass.dev",
          "patch clustercredentialproviders.hallpass.dev",
          "patch clustercredentialproviders/status.hallpass.dev");

  private final LedgerDriver target = new LedgerDriver();
  private KubeApi kube;
  private ControllerScene scene;
  private NamespacePolicies policies;
  private KubernetesClient acting;
  private Grants grants;
  private Journal trail;

  @BeforeEach
  void setUp(KubeApi api) {
    kube = api;
    scene = new ControllerScene(api, target);
    policies = new NamespacePolicies(api.client(), api.namespace());
    grants = Grants.install(api, "controller");
    grants.grantAdminSecret();
    acting = api.client(ACCOUNT);
    // The authorizer learns of new roles by a watch; asked for the account, which does not ask yet.
    await()
        .atMost(SOON)
        .until(
            () ->
                grants.allow("list", "hallpass.dev", "clustercredentialproviders", null)
                    && grants.allow("get", "coordination.k8s.io", "leases", ACCOUNT)
                    && grants.allow("get", "", "secrets", "admin"));
  }

  @AfterEach
  void tearDown() {
    if (trail != null) {
      trail.close();
    }
    policies.close();
    scene.close();
    acting.close();
    grants.close();
  }

  @Test
  void worksWithWhatTheChartGrantsAndNeedsAllOfIt() {
    var outlived = outlivedList();
    scene.leading(acting, List.of(certificates(), auditKey(), outlivedLists()));
    trail = trail();
    await().atMost(SOON).until(trail::works);
    var policy = policies.apply("short", "limits: {maxTtl: 10m}");
    var first = scene.active(scene.pod("first"));
    target.add(account(first));
    scene.forceDeletePod("first");
    scene.revoked(first, SOON);
    var second = scene.active(scene.pod("second"));
    target.add(account(second));

    await()
        .atMost(SOON)
        .until(
            () ->
                provider().get().getStatus() != null
                    && request().get().getStatus() != null
                    && policies.now(policy).getStatus() != null);
    await()
        .atMost(SOON)
        .until(
            () ->
                !kube.client()
                    .resource(outlived)
                    .get()
                    .getMetadata()
                    .getOwnerReferences()
                    .isEmpty());
    endBreakGlass();
    request().delete();
    scene.revoked(second, SOON);
    kube.client().resource(scene.now(first)).delete();
    kube.client().resource(scene.now(second)).delete();
    provider().delete();
    await().atMost(SOON).until(() -> provider().get() == null);

    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              var accesses = kube.accesses(ACCOUNT);
              assertThat(accesses).allMatch(a -> a.allowed() || isSecretOfAnotherTest(a));
              assertThat(grants.unused(accesses)).isSubsetOf(ELSEWHERE);
            });
  }

  @Test
  void readsParametersOfAKindThatItsOwnerLetsItRead() {
    try (var windows = new WindowKind(kube.client(), kube.namespace())) {
      windows.install();
      windows.set("a", "{open: true}");
      scene.leading(acting, List.of());
      var lease = scene.active(scene.pod("windowed"));
      target.add(account(lease));
      var policy =
          policies.apply(
              "window",
              windows.params("a") + "validations: [{expression: params.spec.open == true}]\n");
      standsAs(policy, Reason.ParamsForbidden);

      grants.aggregate(windows.role("list", "watch"));

      standsAs(policy, Reason.PolicyCompiled);
      windows.set("a", "{open: false}");
      scene.revoked(lease, SOON);
    }
  }

  private void standsAs(CredentialPolicy policy, Reason reason) {
    await()
        .atMost(SOON)
        .until(
            () ->
                Optional.ofNullable(policies.now(policy).getStatus())
                    .flatMap(s -> Conditions.find(s.conditions(), Conditions.READY))
                    .filter(c -> c.getReason().equals(reason.name()))
                    .isPresent());
  }

  /** The controller sees the providers of all namespaces; their owners grant their Secrets. */
  private boolean isSecretOfAnotherTest(Access access) {
    return access.resource().equals("secrets") && !OWN_SECRETS.contains(access.name());
  }

  private Resource<CredentialRequest> request() {
    return kube.client()
        .resources(CredentialRequest.class)
        .inNamespace(kube.namespace())
        .withName("orders-db");
  }

  private Resource<CredentialProvider> provider() {
    return kube.client()
        .resources(CredentialProvider.class)
        .inNamespace(kube.namespace())
        .withName("orders-postgres");
  }

  private void endBreakGlass() {
    var open = kube.client().resource(BreakGlassManifests.of(kube.namespace(), "inc-7")).create();
    scene.under(open);
    var lease = scene.active(scene.pod("third"));
    await().atMost(SOON).until(() -> kube.client().resource(open).get().getStatus() != null);
    kube.client().resource(open).delete();
    scene.revoked(lease, SOON);
    BreakGlassManifests.review(kube.client(), open);
    await().atMost(SOON).until(() -> kube.client().resource(open).get() == null);
    kube.client().resource(scene.now(lease)).delete();
  }

  private LeaderDuty certificates() {
    var rotation =
        new Rotation(new ServingNames(List.of("localhost")), Lifetimes.DEFAULT, new SecureRandom());
    var keeper =
        new CertificateKeeper(
            acting, CertificateNames.in(kube.namespace()), rotation, List.of(), Clock.systemUTC());
    return new LeaderDuty("certificates", Duration.ofSeconds(1), keeper::reconcile);
  }

  private LeaderDuty auditKey() {
    var keeper = new AuditKeyKeeper(acting, kube.namespace(), new SecureRandom());
    return new LeaderDuty("audit key", Duration.ofSeconds(1), keeper::reconcile);
  }

  private LeaderDuty outlivedLists() {
    var lists = new OutlivedLists(acting, kube.namespace(), Clock.systemUTC());
    return new LeaderDuty("outlived lists", Duration.ofSeconds(1), lists::letGo);
  }

  /** The revocation list of a provider that is gone. */
  private ConfigMap outlivedList() {
    return kube.client()
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName("hallpass-crl-0")
                .withNamespace(kube.namespace())
                .addToLabels("app.kubernetes.io/managed-by", "hallpass")
                .addToAnnotations("hallpass.dev/provider", "CredentialProvider/gone/mesh")
                .endMetadata()
                .build())
        .create();
  }

  private Journal trail() {
    return Journal.open(
        JournalSettings.of(ControllerScene.INSTALLATION, "controller", "one"),
        new AuditStore(acting, kube.namespace())::opening,
        new SinkSettings()
            .stream(new PrintStream(OutputStream.nullOutputStream()), SinkSettings.Need.Required),
        new SimpleMeterRegistry(),
        Clock.systemUTC());
  }
}
