package dev.hallpass.reconcile;

import static dev.hallpass.reconcile.ControllerScene.account;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.kube.Conditions;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.NamespacePolicies;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Leases that stand, where nothing may be issued that no policy is about. */
@ExtendWith(KubeApi.class)
class UnmatchedEndingsIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration A_WHILE = Duration.ofSeconds(3);
  private static final String ALLOWS = "validations: [{expression: 'true', reason: Never}]";

  private final LedgerDriver target = new LedgerDriver();
  private ControllerScene scene;
  private NamespacePolicies policies;

  @BeforeEach
  void setUp(KubeApi api) {
    scene = new ControllerScene(api, target);
    scene.denyUnmatched();
    policies = new NamespacePolicies(api.client(), api.namespace());
  }

  @AfterEach
  void tearDown() {
    policies.close();
    scene.close();
  }

  @Test
  void whatTheLastPolicyAllowedEndsWithIt() {
    policies.apply("one", ALLOWS);
    policies.apply("other", ALLOWS);
    var lease = scene.held(target, "works");
    scene.leading();
    staysActive(lease);

    policies.delete("one");
    staysActive(lease);
    policies.delete("other");

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.PolicyWithdrawn);
    assertThat(target.has(account(lease))).isFalse();
    assertThat(scene.condition(lease, Conditions.ACTIVE).getMessage())
        .contains("no CredentialPolicy is about this credential");
  }

  @Test
  void aPolicyThatOnlyAuditsAllowsNothing() {
    policies.apply("one", ALLOWS);
    var lease = scene.held(target, "works");
    scene.leading();
    staysActive(lease);

    policies.apply("one", "enforcement: Audit\n" + ALLOWS);

    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(EndedBy.PolicyWithdrawn);
  }

  private void staysActive(CredentialLease lease) {
    await().during(A_WHILE).atMost(SOON).until(() -> scene.phase(lease) == LeasePhase.Active);
  }
}
