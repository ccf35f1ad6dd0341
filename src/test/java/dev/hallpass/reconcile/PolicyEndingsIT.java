package dev.hallpass.reconcile;

import static dev.hallpass.reconcile.ControllerScene.account;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.kube.Conditions;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.NamespacePolicies;
import dev.hallpass.testing.WindowKind;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What policies that come or change do to leases that stand. */
@ExtendWith(KubeApi.class)
class PolicyEndingsIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration A_WHILE = Duration.ofSeconds(3);

  private final LedgerDriver target = new LedgerDriver();
  private KubernetesClient client;
  private ControllerScene scene;
  private NamespacePolicies policies;
  private Controller leader;

  @BeforeEach
  void setUp(KubeApi api) {
    client = api.client();
    scene = new ControllerScene(api, target);
    policies = new NamespacePolicies(api.client(), api.namespace());
    leader = scene.leading();
  }

  @AfterEach
  void tearDown() {
    policies.close();
    scene.close();
  }

  @Test
  void revokesWhatANewPolicyDoesNotAllow() {
    var lease = scene.held(target, "unlabelled");

    policies.apply(
        "ticket",
        """
        validations:
        - expression: "'ticket' in pod.metadata.labels"
          message: label the pod with its ticket
          reason: TicketMissing
        """);

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.PolicyWithdrawn);
    assertThat(target.has(account(lease))).isFalse();
    assertThat(scene.condition(lease, Conditions.ACTIVE).getMessage())
        .contains("TicketMissing: label the pod with its ticket");
  }

  @Test
  void endsWhatIsUnderABreakGlassOnceTheRequestIsNotWhatWasOpened() {
    policies.apply(
        "closed",
        """
        breakGlass: Skip
        validations: [{expression: 'false', message: nothing today, reason: Closed}]
        """);
    var request =
        client
            .resources(CredentialRequest.class)
            .inNamespace(scene.namespace())
            .withName("orders-db");
    scene.under(client.resource(BreakGlassManifests.of(request.get(), "inc-7")).create());
    var lease = scene.held(target, "under");
    staysActive(lease);

    request.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"purpose\":\"another\"}}");

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.PolicyWithdrawn);
    assertThat(target.has(account(lease))).isFalse();
  }

  @Test
  void seesAllOfThePod() {
    var allowed = scene.held(target, "known-image");
    policies.apply(
        "images",
        """
        validations:
        - {expression: "pod.spec.containers.all(c, c.image == 'app')", message: app alone, reason: Image}
        """);
    staysActive(allowed);

    policies.apply(
        "images",
        """
        validations:
        - {expression: "pod.spec.containers.all(c, c.image == 'other')", message: other alone, reason: Image}
        """);

    assertThat(scene.revoked(allowed, SOON).endedBy()).isEqualTo(EndedBy.PolicyWithdrawn);
  }

  @Test
  void looksAgainWhenAnImageIsReplaced() {
    policies.apply(
        "images",
        """
        validations:
        - {expression: "pod.spec.containers.all(c, c.image in ['app', 'app:2'])", message: app alone, reason: Image}
        """);
    var lease = scene.held(target, "replaced");
    staysActive(lease);

    image("replaced", "app:2");
    staysActive(lease);
    image("replaced", "other");

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.PolicyWithdrawn);
    assertThat(target.has(account(lease))).isFalse();
  }

  @Test
  void looksAgainWhenANamespaceComesUnderAPolicy() {
    var lease = scene.held(target, "moved");
    policies.apply(
        "environment",
        """
        validations:
        - {expression: "!('environment' in namespaceObject.metadata.labels)", message: not here, reason: Env}
        """);
    staysActive(lease);

    client
        .namespaces()
        .withName(scene.namespace())
        .edit(
            n -> {
              n.getMetadata().getLabels().put("environment", "production");
              return n;
            });

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.PolicyWithdrawn);
  }

  @Test
  void looksAgainWhenParametersChange() {
    var lease = scene.held(target, "frozen");
    var policy =
        policies.apply(
            "freeze",
            """
            params: {configMap: changes}
            validations:
            - {expression: "params.frozen != 'yes'", message: frozen, reason: ChangeFreeze}
            """);
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(ready(policy).map(Condition::getMessage).orElse(""))
                    .contains("spec.params.configMap", "no ConfigMap changes"));
    changes("no");
    await()
        .atMost(SOON)
        .until(() -> ready(policy).map(c -> c.getStatus().equals("True")).orElse(false));
    staysActive(lease);

    changes("yes");

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.PolicyWithdrawn);
  }

  @Test
  void looksAgainWhenAnObjectChanges() {
    var lease = scene.held(target, "windowed");
    try (var windows = new WindowKind(client, scene.namespace())) {
      var policy =
          policies.apply(
              "window",
              windows.params("a")
                  + "validations: [{expression: params.spec.open == true, message: closed, reason: Closed}]\n");
      becomes(policy, Reason.ParamKindUnknown, "spec.params.paramKind", "install its CRD");
      windows.install();
      becomes(policy, Reason.ParamsNotFound, "spec.params.paramRef: there is no Window a");
      windows.set("a", "{open: true}");
      becomes(policy, Reason.PolicyCompiled, "every expression compiles");
      staysActive(lease);

      windows.set("a", "{open: false}");

      assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.PolicyWithdrawn);
      assertThat(target.has(account(lease))).isFalse();
      assertThat(scene.condition(lease, Conditions.ACTIVE).getMessage()).contains("Closed: closed");
    }
  }

  @Test
  void aControllerThatTakesOverKnowsTheObjectsAlready() {
    var lease = scene.held(target, "windowed");
    try (var windows = new WindowKind(client, scene.namespace())) {
      windows.install();
      windows.set("a", "{open: true}");
      var policy =
          policies.apply(
              "window",
              windows.params("a")
                  + "validations: [{expression: params.spec.open == true, message: closed, reason: Closed}]\n");
      becomes(policy, Reason.PolicyCompiled, "every expression compiles");
      var next = scene.controller("two", ControllerScene.TIMES);
      windows.set("a", "{open: true, note: seen while it stands by}");
      leader.close();
      await().atMost(SOON).until(next::leads);
      staysActive(lease);

      windows.set("a", "{open: false}");

      assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.PolicyWithdrawn);
    }
  }

  @Test
  void endsNothingForAnObjectThatGoes() {
    var lease = scene.held(target, "windowed");
    try (var windows = new WindowKind(client, scene.namespace())) {
      windows.install();
      windows.set("a", "{open: true}");
      var expression = "validations: [{expression: params.spec.open == true}]\n";
      var denying = policies.apply("denies", windows.params("a") + expression);
      var allowing = policies.apply("allows", windows.params("a", "Allow") + expression);
      becomes(denying, Reason.PolicyCompiled, "every expression compiles");

      windows.delete("a");

      becomes(denying, Reason.ParamsNotFound, "there is no Window a");
      becomes(allowing, Reason.PolicyCompiled, "there is no Window a", "its validations hold");
      staysActive(lease);
    }
  }

  private void becomes(CredentialPolicy policy, Reason reason, String... told) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              var ready = ready(policy);
              assertThat(ready.map(Condition::getReason)).hasValue(reason.name());
              assertThat(ready.map(Condition::getMessage).orElse("")).contains(told);
              assertThat(ready.map(Condition::getStatus))
                  .hasValue(reason == Reason.PolicyCompiled ? "True" : "False");
            });
  }

  private void changes(String frozen) {
    client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName("changes")
                .withNamespace(scene.namespace())
                .addToLabels(HallpassApi.PARAMS_LABEL, "true")
                .endMetadata()
                .addToData("frozen", frozen)
                .build())
        .serverSideApply();
  }

  @Test
  void endsNothingForAPolicyThatOnlyAuditsOrIsWrong() {
    var lease = scene.held(target, "spared");

    policies.apply(
        "later",
        """
        enforcement: Audit
        validations: [{expression: "false", message: not any more, reason: No}]
        """);
    var wrong =
        policies.apply(
            "wrong", "validations: [{expression: \"pod.nam == ''\", message: m, reason: Wrong}]");
    policies.apply(
        "failing",
        "validations: [{expression: \"pod.metadata.labels['none'] == ''\", message: m, reason: Fails}]");

    await().atMost(SOON).until(() -> ready(wrong).isPresent());
    assertThat(ready(wrong).orElseThrow().getReason()).isEqualTo(Reason.PolicyInvalid.name());
    assertThat(ready(wrong).orElseThrow().getMessage()).contains("line 1, column");
    staysActive(lease);
  }

  @Test
  void timeAloneEndsNothingNotEvenForAControllerThatRemembersNothing() {
    var lease = heldUnseen("in-use");
    var closing = Instant.now().plusSeconds(1);
    policies.apply("until", until(closing));
    var asked =
        policies.apply(
            "asks",
            """
            requireApproval: {when: "now > timestamp('%s')", timeout: 1h}
            """
                .formatted(closing));
    scene.leading();
    await().atMost(SOON).until(() -> ready(asked).isPresent());
    await().atMost(SOON).until(() -> Instant.now().isAfter(closing));
    staysActive(lease);

    scene.stop();
    scene.leading();

    staysActive(lease);
  }

  /** What would end one lease here would end every lease of the cluster that is out of hours. */
  @Test
  void nothingThatHappensAfterTheWindowMakesTheTimeCount() {
    var lease = heldUnseen("in-use");
    var closing = Instant.now().plusSeconds(1);
    policies.apply("until", until(closing));
    policies.apply("other", "validations: [{expression: 'true', message: typo}]\n");
    changes("no");
    policies.apply(
        "freeze",
        """
        params: {configMap: changes}
        validations: [{expression: "params.frozen != 'yes'", message: frozen}]
        """);
    scene.leading();
    try (var elsewhere = new NamespacePolicies(client, "elsewhere-" + scene.namespace())) {
      elsewhere.apply("nobody", "validations: [{expression: 'false', message: typo}]\n");
      await().atMost(SOON).until(() -> Instant.now().isAfter(closing));
      staysActive(lease);

      elsewhere.apply("nobody", "validations: [{expression: 'false', message: mended}]\n");
      policies.apply("other", "validations: [{expression: 'true', message: mended}]\n");
      changes("not now");
      label("in-use", "colour");
      staysActive(lease);
    }

    label("in-use", "held");
    policies.apply(
        "held", "validations: [{expression: \"!('held' in pod.metadata.labels)\", message: m}]\n");

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.PolicyWithdrawn);
    assertThat(scene.condition(lease, Conditions.ACTIVE).getMessage())
        .contains("held")
        .doesNotContain("it is late");
  }

  /** A label counts as if it had been there when the lease was issued. */
  @Test
  void aLabelAfterTheWindowCountsWhereItWouldHaveCountedWithinIt() {
    var lease = heldUnseen("in-use");
    var closing = Instant.now().plusSeconds(1);
    policies.apply(
        "hours",
        """
        validations:
        - {expression: "!('held' in pod.metadata.labels)", message: held, reason: Held}
        - {expression: "!('strict' in pod.metadata.labels) || now < timestamp('%s')", message: late, reason: Late}
        """
            .formatted(closing));
    scene.leading();
    await().atMost(SOON).until(() -> Instant.now().isAfter(closing));
    staysActive(lease);

    label("in-use", "strict");
    staysActive(lease);
    label("in-use", "held");

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.PolicyWithdrawn);
  }

  /** Issued while no controller leads: so what is about the time may come after it. */
  private CredentialLease heldUnseen(String pod) {
    scene.stop();
    return scene.held(target, pod);
  }

  private static String until(Instant closing) {
    return """
        validations:
        - {expression: "now < timestamp('%s')", message: it is late, reason: Late}
        """
        .formatted(closing);
  }

  private void image(String pod, String image) {
    client
        .pods()
        .inNamespace(scene.namespace())
        .withName(pod)
        .patch(
            PatchContext.of(PatchType.JSON),
            """
            [{"op": "replace", "path": "/spec/containers/0/image", "value": "%s"}]
            """
                .formatted(image));
  }

  private void label(String pod, String label) {
    client
        .pods()
        .inNamespace(scene.namespace())
        .withName(pod)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\":{\"labels\":{\"%s\":\"yes\"}}}".formatted(label));
  }

  @Test
  void aRuleThatComesWhileNobodyLeadsStillEndsWhatItForbids() {
    var lease = scene.held(target, "unlabelled");
    staysActive(lease);

    scene.stop();
    policies.apply(
        "ticket",
        """
        validations:
        - {expression: "'ticket' in pod.metadata.labels", message: label it, reason: TicketMissing}
        """);
    scene.leading();

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.PolicyWithdrawn);
  }

  /** A freeze must not wait for the ttl, even if it is the first policy that there is. */
  @Test
  void aRuleAboutTheTimeEndsWhatItForbidsWhenItComes() {
    var lease = scene.held(target, "before-the-freeze");
    staysActive(lease);

    policies.apply(
        "freeze",
        """
        validations:
        - {expression: "now < timestamp('%s')", message: frozen, reason: ChangeFreeze}
        """
            .formatted(Instant.now()));

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.PolicyWithdrawn);
  }

  @Test
  void extendsWhatWasFetchedOnceWithinTheLimitsOfPolicies() {
    var policy = policies.apply("short", "limits: {maxTtl: 5m}");
    await().atMost(SOON).until(() -> ready(policy).isPresent());
    var lease = scene.fetchedOnce(scene.pod("fetcher"), Instant.now().plusSeconds(60));
    target.add(account(lease));

    await().atMost(SOON).until(() -> expiresAt(lease).isAfter(Instant.now().plusSeconds(200)));
    assertThat(expiresAt(lease)).isBefore(Instant.now().plusSeconds(301));
  }

  @Test
  void doesNotExtendWhatAFailingPolicyIsAbout() {
    var policy =
        policies.apply(
            "failing",
            "validations: [{expression: \"pod.metadata.labels['none'] == ''\", message: m, reason: Fails}]");
    await().atMost(SOON).until(() -> ready(policy).isPresent());
    var lease = scene.fetchedOnce(scene.pod("fetcher"), Instant.now().plusSeconds(4));
    target.add(account(lease));

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.Expired);
  }

  private void staysActive(CredentialLease lease) {
    await().during(A_WHILE).atMost(SOON).until(() -> scene.phase(lease) == LeasePhase.Active);
  }

  private Instant expiresAt(CredentialLease lease) {
    return Instant.parse(scene.now(lease).getStatus().expiresAt());
  }

  private Optional<Condition> ready(CredentialPolicy policy) {
    return Optional.ofNullable(policies.now(policy).getStatus())
        .flatMap(s -> Conditions.find(s.conditions(), Conditions.READY));
  }
}
