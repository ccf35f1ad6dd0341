package dev.hallpass.reconcile;

import static dev.hallpass.reconcile.ControllerScene.account;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.audit.AuditEvent.Change;
import dev.hallpass.audit.AuditEvent.PolicyChanged;
import dev.hallpass.audit.AuditEvent.ProviderChanged;
import dev.hallpass.audit.AuditEvent.RevocationBegun;
import dev.hallpass.audit.AuditEvent.RevocationFailed;
import dev.hallpass.audit.AuditEvent.RevocationVerified;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.NamespacePolicies;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the controller has the trail tell. */
@ExtendWith(KubeApi.class)
class ControllerAuditIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final LedgerDriver target = new LedgerDriver();
  private ControllerScene scene;
  private NamespacePolicies policies;
  private String namespace;

  @BeforeEach
  void setUp(KubeApi api) {
    namespace = api.namespace();
    scene = new ControllerScene(api, target);
    policies = new NamespacePolicies(api.client(), namespace);
  }

  @AfterEach
  void tearDown() {
    policies.close();
    scene.close();
  }

  /** Also where the trail cannot be written: revocation never waits for it. */
  @Test
  void tellsOfEachEndAndGoesOnWhateverBecomesOfTheTrail() {
    scene.leading();
    scene.audit().fail();
    var lease = scene.active(scene.pod("first"));
    target.add(account(lease));
    scene.forceDeletePod("first");
    scene.revoked(lease, SOON);

    assertThat(scene.audit().said(RevocationBegun.class))
        .filteredOn(e -> e.held().namespace().equals(namespace))
        .singleElement()
        .satisfies(e -> assertThat(e.endedBy()).isEqualTo(EndedBy.PodDeleted));
    assertThat(scene.audit().said(RevocationVerified.class))
        .filteredOn(e -> e.held().namespace().equals(namespace))
        .singleElement()
        .satisfies(
            e -> {
              assertThat(e.endedBy()).isEqualTo(EndedBy.PodDeleted);
              assertThat(e.held().lease().uid()).isEqualTo(lease.getMetadata().getUid());
            });
    assertThat(scene.audit().said(RevocationFailed.class))
        .noneMatch(e -> e.held().namespace().equals(namespace));
  }

  @Test
  void tellsWhichPoliciesAndProvidersHoldAndFromWhen() {
    var policy = policies.apply("short", "limits: {maxTtl: 10m}").getMetadata();
    scene.leading();

    await().atMost(SOON).until(() -> policyChanges(policy.getUid()).equals("Found@1"));
    policies.apply("short", "limits: {maxTtl: 9m}");
    await().atMost(SOON).until(() -> policyChanges(policy.getUid()).equals("Found@1 Changed@2"));
    policies.close();
    await()
        .atMost(SOON)
        .until(() -> policyChanges(policy.getUid()).equals("Found@1 Changed@2 Deleted@2"));

    assertThat(scene.audit().said(ProviderChanged.class))
        .filteredOn(e -> e.provider().equals(namespace + "/orders-postgres"))
        .first()
        .satisfies(
            e -> {
              assertThat(e.change()).isEqualTo(Change.Found);
              assertThat(e.digest()).matches("[0-9a-f]{64}");
            });
  }

  private String policyChanges(String uid) {
    return String.join(
        " ",
        scene.audit().said(PolicyChanged.class).stream()
            .filter(e -> e.uid().equals(uid))
            .map(e -> "%s@%d".formatted(e.change(), e.generation()))
            .toList());
  }
}
