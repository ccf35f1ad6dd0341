package dev.hallpass.reconcile;

import static dev.hallpass.reconcile.ControllerScene.account;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.NamespacePolicies;
import dev.hallpass.testing.PeoplesWord;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A request that its provider would refuse by now shields no lease from policies and people: not
 * where its author asks for more than the cap, and not where the cap is lowered.
 */
@ExtendWith(KubeApi.class)
class BeyondTheCapIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration A_WHILE = Duration.ofSeconds(3);
  private static final String NEVER =
      "validations: [{expression: 'false', message: not any more, reason: Never}]";

  private final LedgerDriver target = new LedgerDriver();
  private KubernetesClient client;
  private ControllerScene scene;
  private NamespacePolicies policies;
  private PeoplesWord people;

  @BeforeEach
  void setUp(KubeApi api) {
    client = api.client();
    scene = new ControllerScene(api, target);
    people = new PeoplesWord(client, api.namespace());
    people.asked("orders-db");
    policies = new NamespacePolicies(client, api.namespace());
    scene.leading();
  }

  @AfterEach
  void tearDown() {
    policies.close();
    scene.close();
  }

  @Test
  void aPolicyEndsWhatARequestAboveTheCapHolds() {
    policies.apply("rules", "validations: [{expression: 'true', message: m}]");
    var lease = scene.held(target, "greedy");
    askForMore();
    stays(lease, LeasePhase.Active);

    policies.apply("rules", NEVER);

    ends(lease, EndedBy.PolicyWithdrawn);
  }

  @Test
  void aPolicyEndsWhatIsAboveALoweredCap() {
    var lease = scene.held(target, "spared");
    lowerTheCap();
    stays(lease, LeasePhase.Active);

    policies.apply("rules", NEVER);

    ends(lease, EndedBy.PolicyWithdrawn);
  }

  /** What was approved is not what is asked for then. */
  @Test
  void anApprovalIsNotForMoreThanTheCap() {
    var lease = approved();

    askForMore();

    ends(lease, EndedBy.PolicyWithdrawn);
  }

  @Test
  void aNoEndsWhatIsAboveALoweredCap() {
    var lease = approved();
    lowerTheCap();
    stays(lease, LeasePhase.Active);

    people.no("bob", lease);

    ends(lease, EndedBy.ApprovalDenied);
  }

  @Test
  void aNoEndsWhatWaitsAboveALoweredCap() {
    var asks = policies.apply("asks", "requireApproval: {}").getMetadata().getName();
    var lease = scene.waiting(scene.pod("waits"), Instant.now().plusSeconds(600), asks);
    lowerTheCap();
    stays(lease, LeasePhase.AwaitingApproval);

    people.no("bob", lease);

    await().atMost(SOON).until(() -> scene.phase(lease) == LeasePhase.Denied);
    assertThat(scene.now(lease).getStatus().endedBy()).isEqualTo(EndedBy.ApprovalDenied);
  }

  /** Its policies agree, but nothing above a cap is extended. */
  @Test
  void whatIsAboveTheCapIsStillNotExtended() {
    policies.apply("rules", "validations: [{expression: 'true', message: m}]");
    lowerTheCap();
    var lease = scene.fetchedOnce(scene.pod("fetcher"), Instant.now().plusSeconds(10));
    target.add(account(lease));

    ends(lease, EndedBy.Expired);
  }

  private CredentialLease approved() {
    var asks = policies.apply("asks", "requireApproval: {}").getMetadata().getName();
    var waiting = scene.waiting(scene.pod("works"), Instant.now().plusSeconds(600), asks);
    people.yes("ann", waiting);
    target.add(account(waiting));
    var lease = scene.goesOn(waiting);
    stays(lease, LeasePhase.Active);
    return lease;
  }

  private void askForMore() {
    change(CredentialRequest.class, "orders-db", "ttl: \"15m\"", "ttl: \"24h\"");
  }

  private void lowerTheCap() {
    change(CredentialProvider.class, "orders-postgres", "maxTtl: \"1h\"", "maxTtl: \"1m\"");
  }

  private <T extends HasMetadata> void change(Class<T> kind, String name, String from, String to) {
    var objects = client.resources(kind).inNamespace(scene.namespace()).withName(name);
    var yaml = Serialization.asYaml(objects.get());
    assertThat(yaml).contains(from);
    objects.edit(o -> Serialization.unmarshal(Serialization.asYaml(o).replace(from, to), kind));
  }

  private void stays(CredentialLease lease, LeasePhase phase) {
    await().during(A_WHILE).atMost(SOON).until(() -> scene.phase(lease) == phase);
  }

  private void ends(CredentialLease lease, EndedBy by) {
    assertThat(scene.revoked(lease, SOON).endedBy()).isEqualTo(by);
    assertThat(target.has(account(lease))).isFalse();
  }
}
