package dev.hallpass.admission;

import static dev.hallpass.api.v1alpha1.HallpassApi.CHANGED_BY_ANNOTATION;
import static dev.hallpass.api.v1alpha1.HallpassApi.CREATED_BY_ANNOTATION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialApproval;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.Approval;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.Demand;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.UserIdentity;
import dev.hallpass.policy.Ask;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What people write goes through a real API server, with the chart's webhook and admission
 * policies. Everybody may do everything in the namespace, as tenants of many clusters may; only
 * {@code ann} and {@code bob} have the verb {@code approve} on the policy.
 */
@ExtendWith(KubeApi.class)
class StampIT {
  private static final String FORGED =
      """
      stamp:
        approver: {username: %s, groups: ["system:authenticated"]}
        time: "2020-01-01T00:00:00Z"
        policies: [%s]
        leaseUid: forged
        podUid: forged
        digest: forged
        until: "2099-01-01T00:00:00Z"
      """;

  private KubeApi kube;
  private StampScene scene;
  private String policy;

  /** The UID of the lease that approvers have looked at. */
  private String read = "unread";

  @BeforeEach
  void install(KubeApi api) throws IOException, GeneralSecurityException {
    kube = api;
    policy = "asks-" + kube.namespace();
    scene = StampScene.start(kube);
    letApprove();
    scene.installRules(name -> !name.equals("hallpass-leases"));
    // The API server learns of them by a watch.
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              assertThatThrownBy(
                      () ->
                          as("mallory")
                              .resource(approval("a", "Approve", FORGED.formatted("ann", policy)))
                              .dryRun()
                              .create())
                  .hasMessageContaining("must be who makes the approval");
              assertThatThrownBy(() -> as("mallory").resource(manifest("a")).dryRun().create())
                  .hasMessageContaining("metadata.annotations[hallpass.dev/created-by]");
            });
    scene.installWebhook("stamps.hallpass.dev");
    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .until(() -> as("carol").resource(manifest("a")).dryRun().create() != null);
  }

  private void letApprove() {
    scene.letInTheCluster(
        new ClusterRoleBuilder()
            .withNewMetadata()
            .withName("asks")
            .endMetadata()
            .addNewRule()
            .withApiGroups("hallpass.dev")
            .withResources("credentialpolicies")
            .withResourceNames(policy)
            .withVerbs("approve")
            .endRule()
            .build(),
        "ann",
        "bob",
        "carol",
        "chris",
        "olga",
        "system:serviceaccount:%s:orders".formatted(kube.namespace()));
  }

  @AfterEach
  void remove() {
    scene.close();
  }

  private KubernetesClient as(String user, String... groups) {
    return scene.as(user, groups);
  }

  private CredentialRequest request(String name, String by) {
    return as(by).resource(manifest(name)).create();
  }

  private CredentialRequest manifest(String name) {
    var request =
        Serialization.unmarshal(
            """
            metadata:
              name: %s
              annotations: {hallpass.dev/created-by: nobody, hallpass.dev/changed-by: nobody}
            spec:
              workload: {serviceAccountName: orders, selector: {matchLabels: {app: orders}}}
              owner: team-orders
              purpose: build invoices
              credentials:
              - name: db
                providerRef: {kind: CredentialProvider, name: pg}
                access: writer
                ttl: 15m
                delivery: {mode: Sidecar, files: [{path: db.env, format: Env}]}
            """
                .formatted(name),
            CredentialRequest.class);
    request.getMetadata().setNamespace(kube.namespace());
    return request;
  }

  /** A lease that answers the request and waits. */
  private CredentialLease lease(CredentialRequest request, LeasePhase phase) {
    var lease =
        Serialization.unmarshal(
            """
            metadata: {name: orders-1-db-1}
            spec:
              requestRef: {name: %s, uid: %s}
              credential: db
              pod: {name: orders-1, uid: pod-1, serviceAccountName: orders}
              providerRef: {kind: CredentialProvider, name: pg}
              access: writer
              ttl: 15m
              maxLifetime: 8h
              mode: Sidecar
              owner: team-orders
              purpose: build invoices
            """
                .formatted(request.getMetadata().getName(), request.getMetadata().getUid()),
            CredentialLease.class);
    lease.getMetadata().setNamespace(kube.namespace());
    var created = kube.client().resource(lease).create();
    created.setStatus(
        new CredentialLeaseStatus(
            phase,
            null,
            null,
            null,
            null,
            new Approval(
                List.of(new Demand(policy, 1, null), new Demand("another", 1, null)),
                Ask.digest(request, request.getSpec().credentials().getFirst()),
                Instant.now().plusSeconds(600).toString(),
                null),
            List.of()));
    var written = kube.client().resource(created).updateStatus();
    read = written.getMetadata().getUid();
    return written;
  }

  private CredentialApproval approval(String name, String decision, String more) {
    var approval =
        Serialization.unmarshal(
            "metadata: {name: %s}\nspec:\n  leaseRef: {name: orders-1-db-1, uid: \"%s\"}\n  decision: %s\n%s"
                .formatted(name, read, decision, more.indent(2)),
            CredentialApproval.class);
    approval.getMetadata().setNamespace(kube.namespace());
    return approval;
  }

  private Map<String, String> annotations(String request) {
    return kube.client()
        .resources(CredentialRequest.class)
        .inNamespace(kube.namespace())
        .withName(request)
        .get()
        .getMetadata()
        .getAnnotations();
  }

  @Test
  void aRequestSaysWhoWroteItWhateverItsManifestSays() {
    request("orders", "carol");
    assertThat(annotations("orders"))
        .contains(entry(CREATED_BY_ANNOTATION, "carol"), entry(CHANGED_BY_ANNOTATION, "carol"));

    var requests = as("chris").resources(CredentialRequest.class).withName("orders");
    requests.edit(
        r -> {
          r.getMetadata().setLabels(Map.of("a", "b"));
          r.getMetadata().setAnnotations(Map.of(CREATED_BY_ANNOTATION, "mallory"));
          return r;
        });
    assertThat(annotations("orders"))
        .as("a label is not what is asked for, and stamps cannot be replaced or removed")
        .contains(entry(CREATED_BY_ANNOTATION, "carol"), entry(CHANGED_BY_ANNOTATION, "carol"));

    var changed = requests.get();
    changed.getMetadata().setAnnotations(null);
    var spec = Serialization.asYaml(changed).replace("build invoices", "sell data");
    as("chris").resource(Serialization.unmarshal(spec, CredentialRequest.class)).update();
    assertThat(annotations("orders"))
        .contains(entry(CREATED_BY_ANNOTATION, "carol"), entry(CHANGED_BY_ANNOTATION, "chris"));
  }

  @Test
  void anApprovalSaysWhoMadeItWhateverItsManifestSays() {
    var request = request("orders", "carol");
    var lease = lease(request, LeasePhase.AwaitingApproval);

    var made =
        as("ann", "dba")
            .resource(approval("yes", "Approve", FORGED.formatted("bob", "another")))
            .create();

    var stamp = made.getSpec().stamp();
    assertThat(stamp.approver())
        .isEqualTo(new UserIdentity("ann", null, List.of("system:authenticated", "dba")));
    assertThat(stamp.policies()).as("where she may").containsExactly(policy);
    assertThat(stamp.leaseUid()).isEqualTo(lease.getMetadata().getUid());
    assertThat(stamp.podUid()).isEqualTo("pod-1");
    assertThat(stamp.digest()).isEqualTo(lease.getStatus().approval().digest());
    assertThat(Duration.between(Instant.parse(stamp.time()), Instant.now()))
        .isLessThan(Duration.ofMinutes(1));
    assertThat(Duration.between(Instant.parse(stamp.time()), Instant.parse(stamp.until())))
        .isEqualTo(Duration.ofHours(8));
  }

  @Test
  void anApprovalOfAWorkloadHoldsUntilItsTime() {
    lease(request("orders", "carol"), LeasePhase.Active);
    var until = Instant.now().plus(Duration.ofDays(2)).truncatedTo(ChronoUnit.SECONDS);

    var made =
        as("ann")
            .resource(approval("yes", "Approve", "scope: Workload\nuntil: \"%s\"".formatted(until)))
            .create();

    assertThat(made.getSpec().stamp().until()).isEqualTo(until.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          carol   |             | carol created CredentialRequest orders
          chris   |             | chris last changed CredentialRequest orders
          olga    | team-orders | olga is, or belongs to, the owner team-orders
          mallory |             | mallory has the verb approve on none of the CredentialPolicies
          mallory | dba         | mallory has the verb approve on none of the CredentialPolicies
          """)
  void doesNotLetApprove(String user, String group, String why) {
    request("orders", "carol");
    var changed =
        as("chris")
            .resources(CredentialRequest.class)
            .withName("orders")
            .edit(
                r ->
                    Serialization.unmarshal(
                        Serialization.asYaml(r).replace("build invoices", "sell data"),
                        CredentialRequest.class));
    lease(changed, LeasePhase.AwaitingApproval);
    var client = group == null ? as(user) : as(user, group);

    assertThatThrownBy(() -> client.resource(approval("yes", "Approve", "")).create())
        .hasMessageContaining(why);
    assertThatThrownBy(
            () ->
                client
                    .resource(approval("yes", "Approve", FORGED.formatted("ann", policy)))
                    .create())
        .hasMessageContaining(why);
  }

  @Test
  void doesNotLetTheWorkloadApproveItself() {
    lease(request("orders", "carol"), LeasePhase.AwaitingApproval);
    var workload = as("system:serviceaccount:%s:orders".formatted(kube.namespace()));

    assertThatThrownBy(() -> workload.resource(approval("yes", "Approve", "")).create())
        .hasMessageContaining("is the workload of CredentialRequest orders");
  }

  @Test
  void letsWhoeverAskedTakeItBack() {
    lease(request("orders", "carol"), LeasePhase.AwaitingApproval);

    assertThat(as("carol").resource(approval("no", "Deny", "")).create().getSpec().stamp())
        .isNotNull();
  }

  @Test
  void doesNotLetApproveWhatHasChangedSince() {
    lease(request("orders", "carol"), LeasePhase.AwaitingApproval);
    as("carol")
        .resources(CredentialRequest.class)
        .withName("orders")
        .edit(
            r ->
                Serialization.unmarshal(
                    Serialization.asYaml(r).replace("15m", "24h"), CredentialRequest.class));

    assertThatThrownBy(() -> as("ann").resource(approval("yes", "Approve", "")).create())
        .hasMessageContaining(
            "CredentialRequest orders has changed since lease orders-1-db-1 asked");
  }

  /** A tenant may delete leases; the next one has the same name, and asks for something else. */
  @Test
  void doesNotLetApproveWhatHasTakenTheNameOfWhatWasRead() {
    var harmless = lease(request("orders", "carol"), LeasePhase.AwaitingApproval);
    var yes = approval("yes", "Approve", "");
    as("carol").resource(harmless).delete();
    var changed =
        as("carol")
            .resources(CredentialRequest.class)
            .withName("orders")
            .edit(
                r ->
                    Serialization.unmarshal(
                        Serialization.asYaml(r).replace("15m", "24h"), CredentialRequest.class));
    var other = lease(changed, LeasePhase.AwaitingApproval);

    assertThat(other.getMetadata().getName()).isEqualTo(harmless.getMetadata().getName());
    assertThatThrownBy(() -> as("ann").resource(yes).create())
        .hasMessageContaining("spec.leaseRef.uid: lease orders-1-db-1 is another one now");
    assertThatThrownBy(() -> as("ann").resource(yes).dryRun().create())
        .hasMessageContaining("spec.leaseRef.uid");
    assertThat(as("ann").resource(approval("seen", "Approve", "")).create().getSpec().stamp())
        .as("once she has read that one")
        .extracting(s -> s.leaseUid())
        .isEqualTo(other.getMetadata().getUid());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "{leaseRef: {name: orders-1-db-1}, decision: Approve}", "{decision: Deny}"})
  void saysHowToNameALease(String spec) {
    lease(request("orders", "carol"), LeasePhase.AwaitingApproval);
    var approval =
        """
        apiVersion: hallpass.dev/v1alpha1
        kind: CredentialApproval
        metadata: {name: yes, namespace: %s}
        spec: %s
        """
            .formatted(kube.namespace(), spec);

    assertThatThrownBy(() -> as("ann").load(bytes(approval)).create())
        .hasMessageContaining("spec.leaseRef: give the name and the uid of the lease")
        .hasMessageContaining("get clease NAME -o jsonpath='{.metadata.uid}'");
  }

  private static ByteArrayInputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Denied", "Revoked", "Revoking"})
  void doesNotLetApproveWhatIsOver(LeasePhase phase) {
    lease(request("orders", "carol"), phase);

    assertThatThrownBy(() -> as("ann").resource(approval("yes", "Approve", "")).create())
        .hasMessageContaining("no lease orders-1-db-1 of this namespace asks for approval");
  }

  @Test
  void doesNotLetApproveForEver() {
    lease(request("orders", "carol"), LeasePhase.AwaitingApproval);

    for (var until :
        List.of("2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "2026-13-01T00:00:00Z")) {
      assertThatThrownBy(
              () ->
                  as("ann")
                      .resource(
                          approval(
                              "yes", "Approve", "scope: Workload\nuntil: \"%s\"".formatted(until)))
                      .create())
          .hasMessageContaining(
              "spec.until: give a time (RFC 3339) after now, and at most 30 days");
    }
  }

  @Test
  void anApprovalCannotBeEdited() {
    lease(request("orders", "carol"), LeasePhase.AwaitingApproval);
    var no = as("ann").resource(approval("no", "Deny", "")).create();

    assertThatThrownBy(
            () ->
                as("ann")
                    .resource(
                        Serialization.unmarshal(
                            Serialization.asYaml(no).replace("\"Deny\"", "\"Approve\""),
                            CredentialApproval.class))
                    .update())
        .hasMessageContaining("an approval is immutable");
  }

  /** Whoever gets rid of the webhook has won nothing. */
  @Test
  void withoutTheWebhookNothingCanBeForged() {
    lease(request("orders", "carol"), LeasePhase.AwaitingApproval);
    scene.removeWebhook();
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> as("ann").resource(approval("a", "Approve", "")).create())
                    .hasMessageContaining("spec.stamp: Hallpass writes it at creation"));

    assertThatThrownBy(
            () ->
                as("mallory")
                    .resource(approval("b", "Approve", FORGED.formatted("ann", policy)))
                    .create())
        .hasMessageContaining("spec.stamp.approver.username: must be who makes the approval");
    assertThatThrownBy(
            () ->
                as("mallory")
                    .resource(approval("c", "Approve", FORGED.formatted("mallory", policy)))
                    .create())
        .hasMessageContaining("must have the verb approve on each of these CredentialPolicies");
    assertThatThrownBy(
            () ->
                as("ann", "team-orders")
                    .resource(approval("d", "Approve", FORGED.formatted("ann", policy)))
                    .create())
        .hasMessageContaining("spec.stamp.approver.groups");
    assertThatThrownBy(() -> request("forged", "mallory"))
        .hasMessageContaining("metadata.annotations[hallpass.dev/created-by]");
    assertThatThrownBy(
            () ->
                as("mallory")
                    .resources(CredentialRequest.class)
                    .withName("orders")
                    .edit(
                        r -> {
                          r.getMetadata().getAnnotations().put(CREATED_BY_ANNOTATION, "x");
                          return r;
                        }))
        .hasMessageContaining("metadata.annotations[hallpass.dev/created-by]");
    assertThatThrownBy(
            () ->
                as("mallory")
                    .resources(CredentialRequest.class)
                    .withName("orders")
                    .edit(
                        r ->
                            Serialization.unmarshal(
                                Serialization.asYaml(r).replace("15m", "24h"),
                                CredentialRequest.class)))
        .hasMessageContaining("metadata.annotations[hallpass.dev/changed-by]");
  }
}
