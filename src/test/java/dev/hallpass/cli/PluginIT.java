package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.NamespacePolicies;
import dev.hallpass.testing.WindowKind;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands, against a real API server; the test plays controller and kubelet. */
@ExtendWith(KubeApi.class)
class PluginIT {
  private KubeApi kube;
  private PluginScene scene;
  private Cluster admin;

  @BeforeEach
  void populate(KubeApi api) {
    kube = api;
    scene = new PluginScene(kube);
    admin = new Cluster(kube.client(), kube.namespace());
    scene.apply("it.yaml");
  }

  @Test
  void statusIsOneScreenOfTheNamespace() {
    scene.lease("orders-1-db", LeasePhase.Active);

    var run = Run.of(admin, "status");

    assertThat(run.out())
        .startsWith("Hallpass in namespace " + kube.namespace())
        .contains("Requests    0 of 1 ready")
        .contains("Leases      1 Active");
    assertThat(run.code()).as("the controller has not looked at it").isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"status", "status -o json", "tree", "leases", "review", "revoke --all -y"})
  void aNamespaceThatIsNotThereIsNotOneWhereAllIsWell(String line) {
    var words = line.split(" ", -1);

    assertThat(Run.of(new Cluster(kube.client(), "no-such"), words))
        .isEqualTo(new Run(4, "", "there is no namespace no-such%n".formatted()));
    assertThat(Run.of(new Cluster(kube.client(), "kube-public"), words).code())
        .as("it is there, and nothing in it")
        .isLessThanOrEqualTo(1);
  }

  @Test
  void whoeverMayNotSeeNamespacesIsNotToldOfOne() {
    mayReadAllBut("namespaces", "ivy");

    var run = Run.of(new Cluster(kube.client("ivy"), "no-such"), "leases");

    assertThat(run).isEqualTo(new Run(0, "", "No live leases in namespace no-such.%n".formatted()));
  }

  @Test
  void statusAndTreeAreThereForPrograms() {
    scene.lease("orders-1-db", LeasePhase.Active);

    var status =
        kube.client()
            .getKubernetesSerialization()
            .unmarshal(Run.of(admin, "status", "-o", "json").out(), JsonNode.class);
    var tree = Run.of(admin, "tree", "-o", "yaml").out();

    assertThat(status.at("/leases/Active").asInt()).isEqualTo(1);
    assertThat(tree).contains("standing: \"Served\"").contains("name: \"orders-1\"");
  }

  @Test
  void treeAndGetAreOne() {
    scene.lease("orders-1-db", LeasePhase.Active);

    var tree = Run.of(admin, "tree", "creq/orders-db");

    assertThat(tree.out())
        .contains("pod/orders-1  has its credentials")
        .contains("reader on CredentialProvider/orders-postgres   Active");
    assertThat(Run.of(admin, "get", "creq/orders-db").code()).isZero();
    assertThat(Run.of(admin, "tree", "creq/missing"))
        .isEqualTo(
            new Run(
                4,
                "",
                "there is no CredentialRequest missing in namespace %s%n"
                    .formatted(kube.namespace())));
  }

  @Test
  void leasesThatEndedAreShownWhenAskedFor() {
    scene.lease("orders-1-db", LeasePhase.Active);
    scene.lease("orders-0-db", LeasePhase.Revoked);

    assertThat(Run.of(admin, "leases").out()).contains("orders-1-db").doesNotContain("orders-0-db");
    assertThat(Run.of(admin, "leases", "--ended", "-o", "wide").out()).contains("orders-0-db");
    assertThat(Run.of(admin, "leases", "--provider", "other").err())
        .startsWith("No live leases in");
    assertThat(Run.of(admin, "leases", "-o", "json").out()).contains("\"kind\" : \"List\"");
  }

  @Test
  void watchedLeasesTellOfEachChange() {
    var lease = scene.lease("orders-1-db", LeasePhase.Pending);

    var shown = new StringWriter();
    var watching =
        Thread.ofPlatform()
            .start(() -> Run.showing(shown, admin, "leases", "--watch", "--timeout", "5m"));
    try {
      await().until(() -> shown.toString().contains("Pending"));
      scene.status(lease, LeasePhase.Active);

      await()
          .untilAsserted(
              () ->
                  assertThat(shown.toString())
                      .containsPattern(
                          "modified +clease/orders-1-db +Active +pod orders-1, orders-db/db"));
    } finally {
      watching.interrupt();
    }
    assertThat(Run.of(admin, "leases", "--watch", "--timeout", "1s").code()).isZero();
  }

  @Test
  void aDeletedLeaseIsWaitedForUntilItIsGoneWhateverHasItsNameThen() {
    scene.heldLease("orders-1-db", LeasePhase.Active);

    var revoked =
        CompletableFuture.supplyAsync(() -> Run.of(admin, "revoke", "clease/orders-1-db"));
    await().until(() -> scene.found("orders-1-db").isMarkedForDeletion());
    scene.status(scene.found("orders-1-db"), LeasePhase.Revoked);
    scene.release("orders-1-db");
    scene.lease("orders-1-db", LeasePhase.Active);

    assertThat(revoked.join().out())
        .isEqualTo(
            """
            clease/orders-1-db is to end
            clease/orders-1-db is gone: Hallpass lets a lease go once its account is
            """);
    assertThat(revoked.join().code()).isZero();
  }

  @Test
  void approvesTheLeaseThatWasReadAndNoOtherOfItsName() {
    scene.lease("orders-1-db", LeasePhase.AwaitingApproval);
    var uid = scene.found("orders-1-db").getMetadata().getUid();

    var unread = Run.of(admin, "approve", "orders-1-db");
    var another = Run.of(admin, "approve", "orders-1-db", "--uid", "gone");
    var unwanted = Run.answering(admin, "n\n", "approve", "orders-1-db");
    var read = Run.of(admin, "approve", "orders-1-db", "--uid", uid);
    var wanted = Run.answering(admin, "y\n", "approve", "orders-1-db");

    assertThat(unread.err()).contains("give --uid of the lease that you have read", uid);
    assertThat(another.err())
        .contains("clease/orders-1-db is another one now, with the UID " + uid);
    assertThat(unwanted.err()).contains("Approve it? [y/N]", "nothing is decided");
    assertThat(Stream.of(unread, another, unwanted).map(Run::code)).containsExactly(2, 4, 1);
    assertThat(List.of(read.err(), wanted.err()))
        .as("asked of the API server, which has no webhook here")
        .allMatch(e -> e.contains("spec.stamp: Hallpass writes it at creation"));
  }

  @Test
  void whatTheTargetDoesNotConfirmIsAFinding() {
    scene.heldLease("orders-1-db", LeasePhase.Active);

    var run = Run.of(admin, "revoke", "clease/orders-1-db", "--wait", "1s");

    assertThat(run.err()).contains("clease/orders-1-db is still Active after 1s");
    assertThat(run.code()).isEqualTo(1);
    scene.release("orders-1-db");
  }

  @Test
  void aPodIsAnnotatedAndBlockedAndAllowedAgain() {
    scene.lease("orders-1-db", LeasePhase.Active);

    assertThat(Run.of(admin, "revoke", "pod/orders-1", "--wait", "0s").code()).isZero();
    assertThat(annotation()).startsWith("20").endsWith("Z");
    assertThat(Run.of(admin, "revoke", "pod/orders-1", "--block", "--wait", "0s").code()).isZero();
    assertThat(annotation()).isEqualTo("all");
    assertThat(Run.of(admin, "revoke", "pod/orders-1", "--unblock").code()).isZero();
    assertThat(annotation()).isNull();
    assertThat(Run.of(admin, "revoke", "pod/missing", "--wait", "0s").code()).isEqualTo(4);
  }

  @Test
  void manyLeasesAreAskedAboutFirst() {
    scene.lease("orders-1-db", LeasePhase.Active);

    var unasked = Run.of(admin, "revoke", "--all");
    var declined = Run.answering(admin, "n\n", "revoke", "--all");
    var dry = Run.of(admin, "revoke", "--all", "--dry-run");

    assertThat(unasked.code()).isEqualTo(2);
    assertThat(unasked.err()).contains("1 leases of 1 pods").contains("give --yes");
    assertThat(declined.code()).isEqualTo(1);
    assertThat(dry.out()).isEqualTo(kube.namespace() + "/orders-1-db would end\n");
    assertThat(scene.found("orders-1-db")).isNotNull();

    assertThat(Run.answering(admin, "y\n", "revoke", "--all").code()).isZero();
    assertThat(scene.found("orders-1-db")).isNull();
  }

  /** While the question waits, the pod is deleted and made anew. */
  @Test
  void theLeaseThatHasTheNameByNowIsNotWhatWasAskedAbout() {
    scene.lease("orders-1-db", LeasePhase.Active);
    scene.lease("orders-2-db", LeasePhase.Active);

    var run =
        Run.answering(
            admin,
            () -> {
              kube.client().resource(scene.found("orders-1-db")).delete();
              scene.lease("orders-1-db", LeasePhase.Active);
              return "y";
            },
            "revoke",
            "--all",
            "--wait",
            "0s");

    assertThat(scene.found("orders-1-db")).isNotNull();
    assertThat(scene.found("orders-2-db")).isNull();
    assertThat(run.out()).isEqualTo("clease/orders-2-db is to end\n");
    assertThat(run.err())
        .endsWith(
            "clease/orders-1-db is another one now, and was left alone; look whether it is to end,"
                + " too\n");
    assertThat(run.code()).isEqualTo(1);
  }

  @Test
  void aLeaseThatIsGoneByNowNeedsNoEnd() {
    scene.lease("orders-1-db", LeasePhase.Active);

    var run =
        Run.answering(
            admin,
            () -> {
              kube.client().resource(scene.found("orders-1-db")).delete();
              return "y";
            },
            "revoke",
            "--all");

    assertThat(run.out()).contains("clease/orders-1-db is gone");
    assertThat(run.code()).isZero();
  }

  @Test
  void ofAProviderAllLeasesEnd() {
    scene.lease("orders-1-db", LeasePhase.Active);

    assertThat(Run.of(admin, "revoke", "cprov/orders-postgres", "--yes").code()).isZero();
    assertThat(scene.found("orders-1-db")).isNull();
    assertThat(Run.of(admin, "revoke", "cprov/orders-postgres", "--yes").err())
        .isEqualTo("no live lease is concerned\n");
  }

  @ParameterizedTest
  @CsvSource({"cprov/nosuch, ' in namespace '", "ccprov/nosuch, ''"})
  void aProviderThatDoesNotExistIsNotRevoked(String provider, String where) {
    scene.lease("orders-1-db", LeasePhase.Active);

    var run = Run.of(admin, "revoke", "cprov/orders-postgres", provider, "--yes");

    assertThat(run.err()).startsWith("there is no " + provider + where);
    assertThat(run.code()).isEqualTo(4);
    assertThat(scene.found("orders-1-db")).isNotNull();
  }

  @Test
  void explainDecidesAsTheBrokerWould() {
    scene.apply("it-policy.yaml");
    try {
      var run = Run.of(admin, "explain", "pod/orders-1");

      assertThat(run.out())
          .contains("pod/orders-1 waits for a credential")
          .contains(
              "✗ PolicyDenied db of creq/orders-db: CredentialPolicy it-%s, TicketMissing: label the pod with its ticket"
                  .formatted(kube.namespace()))
          .contains("a copy of the pod would be created without the agent");
      assertThat(run.code()).isEqualTo(1);
    } finally {
      scene.delete("it-policy.yaml");
    }
    assertThat(Run.of(admin, "explain", "pod/orders-1").out())
        .contains(
            "✓ Ready db of creq/orders-db would be issued now, for 15m at a time and 24h in all");
  }

  @Test
  void explainDoesNotDenyWhereABreakGlassMayBeOpenThatIsNotSeen() {
    scene.apply("it-policy.yaml");
    mayReadAllBut("breakglasses", "carol");
    var carol = new Cluster(kube.client("carol"), kube.namespace());
    try {
      assertThat(Run.of(carol, "explain", "pod/orders-1").out())
          .as("no break-glass opens what this policy closes")
          .contains("✗ PolicyDenied db of creq/orders-db");

      kube.client()
          .resources(CredentialPolicy.class)
          .withName("it-" + kube.namespace())
          .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"breakGlass\":\"Skip\"}}");

      assertThat(Run.of(carol, "explain", "pod/orders-1").out())
          .doesNotContain("PolicyDenied")
          .contains(
              "not looked at: the decision on db of creq/orders-db: it is denied (CredentialPolicy"
                  + " it-%s, TicketMissing: label the pod with its ticket), unless a break-glass is"
                      .formatted(kube.namespace())
                  + " open for it: breakglasses.hallpass.dev is forbidden");
      assertThat(Run.of(admin, "explain", "pod/orders-1").out())
          .contains("✗ PolicyDenied db of creq/orders-db");
    } finally {
      scene.delete("it-policy.yaml");
    }
  }

  /** What a policy lacks in this user's eyes, the broker may well have. */
  @Test
  void explainDoesNotDenyForAnObjectThatIsNotShown() {
    mayReadAllBut("nothing", "dora");
    var dora = new Cluster(kube.client("dora"), kube.namespace());
    try (var windows = new WindowKind(kube.client(), kube.namespace());
        var policies = new NamespacePolicies(kube.client(), kube.namespace())) {
      windows.install();
      windows.set("a", "{open: false}");
      policies.apply(
          "window",
          windows.params("a")
              + "validations: [{expression: params.spec.open == true, message: closed, reason: Closed}]\n");

      assertThat(Run.of(dora, "explain", "pod/orders-1").out())
          .doesNotContain("PolicyDenied")
          .contains(
              "you may not read Window a in namespace %s, which a policy takes parameters from"
                  .formatted(kube.namespace()));
      assertThat(Run.of(admin, "explain", "pod/orders-1").out()).contains("Closed: closed");
      windows.delete("a");
      assertThat(Run.of(admin, "explain", "pod/orders-1").out())
          .contains("ParamsNotFound: spec.params.paramRef: there is no Window a");
    }
  }

  private void mayReadAllBut(String resource, String account) {
    var own =
        Stream.of("credentialrequests", "credentialproviders", "credentialleases", "breakglasses")
            .filter(r -> !r.equals(resource))
            .toArray(String[]::new);
    var others =
        Stream.of("pods", "events", "namespaces", "configmaps")
            .filter(r -> !r.equals(resource))
            .toArray(String[]::new);
    var name = "reads-all-but-%s-%s".formatted(resource, kube.namespace());
    kube.client()
        .resource(
            new ClusterRoleBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .addNewRule()
                .withApiGroups("")
                .withResources(others)
                .withVerbs("get", "list")
                .endRule()
                .addNewRule()
                .withApiGroups("hallpass.dev")
                .withResources(own)
                .addToResources("credentialpolicies")
                .withVerbs("get", "list")
                .endRule()
                .build())
        .serverSideApply();
    kube.client()
        .resource(
            new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", name)
                .addNewSubject("", "ServiceAccount", account, kube.namespace())
                .build())
        .serverSideApply();
  }

  @Test
  void explainNamesTheMistakeOfAPodOrARequest() {
    assertThat(Run.of(admin, "explain", "pod/stranger").out())
        .contains("is selected by no CredentialRequest")
        .contains(
            "✗ ServiceAccountMismatch creq/orders-db selects the pod's labels, but is for service account orders; the pod runs as default")
        .contains("→ set spec.serviceAccountName: orders in the pod");
    assertThat(Run.of(admin, "explain", "creq/orders-db").out())
        .contains("creq/orders-db serves 0 of 1 pods")
        .contains("! NotSeen the controller has not looked at the request yet");
    assertThat(Run.of(admin, "explain", "pod/missing").code()).isEqualTo(4);
  }

  @Test
  void explainDeniesWhatTheProviderDenies() {
    scene.delete("it-provider.yaml");

    assertThat(Run.of(admin, "explain", "creq/orders-db").out())
        .contains(
            "✗ ProviderNotFound db: spec.credentials[db].providerRef: there is no CredentialProvider/orders-postgres (asked for pod/orders-1)");
  }

  @Test
  void whoeverMayNothingIsToldWhichCallWasRefused() {
    var nobody = new Cluster(kube.client("nobody"), kube.namespace());

    var run = Run.of(nobody, "leases");

    assertThat(run.code()).isEqualTo(3);
    assertThat(run.err())
        .startsWith("not permitted: credentialleases.hallpass.dev is forbidden: User")
        .contains("cannot list resource \"credentialleases\"")
        .hasLineCount(1);
    assertThat(Run.of(nobody, "revoke", "--all", "--yes").code()).isEqualTo(3);
    assertThat(Run.of(nobody, "explain", "pod/orders-1").code()).isEqualTo(3);
    assertThat(Run.of(nobody, "status").code()).isEqualTo(3);
  }

  @Test
  void whoeverMayActsAsSomebodyElse(@TempDir Path folder) throws IOException {
    scene.lease("orders-1-db", LeasePhase.Active);
    var kubeconfig = kubeconfig(folder);

    var nobody = Run.by(kubeconfig, "leases", "-n", kube.namespace(), "--as", "ada");
    var member =
        Run.by(
            kubeconfig,
            "leases",
            "-n",
            kube.namespace(),
            "--as",
            "ada",
            "--as-group",
            "team-orders",
            "--as-group",
            "system:masters");
    var nameless = Run.by(kubeconfig, "leases", "--as-group", "system:masters");

    assertThat(nobody.code()).isEqualTo(3);
    assertThat(nobody.err())
        .contains("User \"ada\" cannot list resource \"credentialleases\"")
        .hasLineCount(1);
    assertThat(member.out()).contains("orders-1-db");
    assertThat(member.code()).isZero();
    assertThat(nameless).isEqualTo(new Run(2, "", "--as-group: give --as, too%n".formatted()));
  }

  /** As the test's administrator. */
  private Path kubeconfig(Path folder) throws IOException {
    var own = kube.client().getConfiguration();
    return Files.writeString(
        folder.resolve("kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        current-context: it
        contexts: [{name: it, context: {cluster: it, user: it}}]
        clusters: [{name: it, cluster: {server: "%s", insecure-skip-tls-verify: true}}]
        users: [{name: it, user: {token: "%s"}}]
        """
            .formatted(own.getMasterUrl(), own.getOauthToken()));
  }

  @Test
  void aServerThatDoesNotAnswerIsNamedInALine() {
    var config =
        new ConfigBuilder(kube.client().getConfiguration())
            .withMasterUrl("https://127.0.0.1:1")
            .withRequestRetryBackoffLimit(0)
            .build();
    var away = new Cluster(new KubernetesClientBuilder().withConfig(config).build(), "default");

    var run = Run.of(away, "status");

    assertThat(run.code()).isEqualTo(3);
    assertThat(run.err())
        .startsWith("the API server at https://127.0.0.1:1")
        .contains("does not answer: ")
        .hasLineCount(1);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void doctorSaysWhatIsMissing() {
    var run = Run.of(admin, "doctor", "--system-namespace", kube.namespace());

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out())
        .contains("✓ API server: v1.")
        .contains("CRDs: ")
        .contains("of this plugin's version")
        .contains("✗ hallpass-broker: there is no such Deployment in namespace " + kube.namespace())
        .contains("✗ leader: no controller leads")
        .contains("✗ webhook: there is no MutatingWebhookConfiguration")
        .contains(
            "✓ your rights: all that everybody's work takes, in namespace " + kube.namespace())
        .contains("· break-glass: you may open break-glasses in namespace " + kube.namespace());
  }

  @Test
  void doctorSaysWhatItMayNotSee() {
    var run = Run.of(new Cluster(kube.client("nobody"), kube.namespace()), "doctor");

    assertThat(run.out())
        .contains("? CRDs: customresourcedefinitions.apiextensions.k8s.io is forbidden")
        .contains("? webhook: ")
        .contains("? providers: ", "? break-glasses: ")
        .doesNotContain("✓ providers")
        .contains("you may not list credentialrequests (see requests)")
        .contains(
            "· review: you may not review what others opened in namespace %s: you lack patch on breakglasses there (ClusterRole hallpass-review), and review on credentialpolicies in the cluster"
                .formatted(kube.namespace()));
    assertThat(run.code()).as("nothing that could be seen is wrong").isZero();
  }

  private String annotation() {
    Pod pod = kube.client().pods().inNamespace(kube.namespace()).withName("orders-1").get();
    var annotations = pod.getMetadata().getAnnotations();
    return annotations == null ? null : annotations.get(HallpassApi.REVOKE_ANNOTATION);
  }
}
