package dev.hallpass.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.audit.AuditEvent;
import dev.hallpass.audit.AuditEvent.AboutHeld;
import dev.hallpass.audit.AuditEvent.Decided;
import dev.hallpass.audit.AuditEvent.LeaseDenied;
import dev.hallpass.audit.AuditEvent.Operation;
import dev.hallpass.audit.AuditEvent.Outcome;
import dev.hallpass.audit.AuditEvent.RevocationBegun;
import dev.hallpass.kube.Conditions;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.NamespacePolicies;
import dev.hallpass.testing.PeoplesWord;
import dev.hallpass.testing.WindowKind;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the trail has of a review that ends a lease. */
@ExtendWith(KubeApi.class)
class ReviewAuditIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  private final LedgerDriver target = new LedgerDriver();
  private KubernetesClient client;
  private ControllerScene scene;
  private NamespacePolicies policies;
  private PeoplesWord people;

  @BeforeEach
  void setUp(KubeApi api) {
    client = api.client();
    scene = new ControllerScene(api, target);
    policies = new NamespacePolicies(api.client(), api.namespace());
    people = new PeoplesWord(api.client(), api.namespace());
  }

  @AfterEach
  void tearDown() {
    policies.close();
    scene.close();
  }

  @Test
  void tellsOnWhichGroundsPoliciesEndALease() {
    var lease = scene.held(target, "windowed");
    try (var windows = new WindowKind(client, scene.namespace())) {
      windows.install();
      windows.set("a", "{open: true}");
      var window =
          policies.apply(
              "window",
              windows.params("a")
                  + "validations: [{expression: params.spec.open == true, message: closed, reason: Closed}]\n");
      var other = policies.apply("other", "limits: {maxTtl: 5m}");
      scene.leading();
      compiled(window);

      windows.set("a", "{open: false}");
      scene.revoked(lease, SOON);

      var decided = review(lease);
      assertThat(decided.outcome()).isEqualTo(Outcome.Denied);
      assertThat(decided.reason()).isEqualTo(Reason.PolicyDenied);
      assertThat(decided.message())
          .isEqualTo("CredentialPolicy %s, Closed: closed".formatted(name(window)));
      assertThat(decided.inputs()).matches("[0-9a-f]{64}");
      assertThat(decided.policies())
          .extracting(p -> "%s@%d %s".formatted(p.name(), p.generation(), p.denials()))
          .containsExactlyInAnyOrder(
              "%s@1 [%s]".formatted(name(window), decided.message()),
              "%s@1 []".formatted(name(other)));
      assertThat(decided.policies())
          .filteredOn(p -> p.name().equals(name(window)))
          .singleElement()
          .satisfies(
              p -> {
                assertThat(p.params().object()).startsWith("Window a in namespace ");
                assertThat(p.params().generation()).isEqualTo(2);
                assertThat(p.params().uid()).isNotBlank();
                assertThat(p.params().digest()).matches("[0-9a-f]{64}");
              });
      assertEndFollows(lease, RevocationBegun.class);
    }
  }

  @Test
  void tellsItOfALeaseThatWaits() {
    people.asked("orders-db");
    var asks = policies.apply("asks", "requireApproval: {}");
    var lease = scene.waiting(scene.pod("waits"), Instant.now().plusSeconds(600), name(asks));
    scene.leading();

    policies.apply("never", "validations: [{expression: 'false', message: no, reason: Never}]");
    await().atMost(SOON).until(() -> scene.phase(lease) == LeasePhase.Denied);

    assertThat(review(lease).message()).endsWith("-never, Never: no");
    assertThat(review(lease).policies()).hasSize(2);
    assertEndFollows(lease, LeaseDenied.class);
  }

  @Test
  void tellsWhoseNoItWas() {
    people.asked("orders-db");
    var asks = policies.apply("asks", "requireApproval: {}");
    var lease = scene.waiting(scene.pod("waits"), Instant.now().plusSeconds(600), name(asks));
    scene.leading();

    people.no("bob", lease);
    await().atMost(SOON).until(() -> scene.phase(lease) == LeasePhase.Denied);

    assertThat(review(lease).reason()).isEqualTo(Reason.ApprovalDenied);
    assertThat(review(lease).message()).contains("bob");
    assertThat(review(lease).policies()).extracting(p -> p.name()).containsExactly(name(asks));
  }

  /** Nothing was decided where nobody was asked. */
  @Test
  void tellsOfNoReviewWhereNoPolicyEndsIt() {
    policies.apply("short", "limits: {maxTtl: 5m}");
    var lease = scene.held(target, "goes");
    scene.leading();
    scene.forceDeletePod("goes");

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.PodDeleted);

    assertThat(reviews(lease)).isEmpty();
  }

  private static String name(CredentialPolicy policy) {
    return policy.getMetadata().getName();
  }

  private void compiled(CredentialPolicy policy) {
    await()
        .atMost(SOON)
        .until(
            () -> {
              var status = policies.now(policy).getStatus();
              return status != null
                  && Conditions.find(status.conditions(), Conditions.READY)
                      .filter(c -> c.getReason().equals(Reason.PolicyCompiled.name()))
                      .isPresent();
            });
  }

  private Decided review(CredentialLease lease) {
    await().atMost(SOON).until(() -> !reviews(lease).isEmpty());
    assertThat(reviews(lease)).hasSize(1);
    return reviews(lease).getFirst();
  }

  private List<Decided> reviews(CredentialLease lease) {
    return about(lease).stream()
        .filter(Decided.class::isInstance)
        .map(Decided.class::cast)
        .filter(d -> d.operation() == Operation.Review)
        .toList();
  }

  private List<? extends AuditEvent> about(CredentialLease lease) {
    return scene.audit().said(AboutHeld.class).stream()
        .filter(e -> e.held().lease() != null)
        .filter(e -> e.held().lease().uid().equals(lease.getMetadata().getUid()))
        .toList();
  }

  private void assertEndFollows(CredentialLease lease, Class<? extends AuditEvent> end) {
    await().atMost(SOON).until(() -> about(lease).stream().anyMatch(end::isInstance));
    var said = about(lease);
    assertThat(said.get(said.indexOf(review(lease)) + 1)).isInstanceOf(end);
  }
}
