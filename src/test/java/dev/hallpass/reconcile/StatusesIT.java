package dev.hallpass.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestStatus;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.kube.Conditions;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(KubeApi.class)
class StatusesIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  private final LedgerDriver target = new LedgerDriver();
  private KubernetesClient client;
  @AutoClose private ControllerScene scene;

  @BeforeEach
  void setUp(KubeApi api) {
    client = api.client();
    scene = new ControllerScene(api, target);
    scene.leading();
  }

  @Test
  void countsPodsAndLeases() {
    scene.active(scene.pod("one"));
    scene.pod("two");

    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              var status = requestStatus();
              assertThat(status.pods()).isEqualTo(2);
              assertThat(status.injected()).isEqualTo(2);
              assertThat(status.waiting()).isEqualTo(1);
              assertThat(status.failing()).isZero();
              assertThat(status.leases()).isEqualTo(1);
              assertThat(status.observedGeneration()).isEqualTo(1);
              assertThat(Conditions.holds(status.conditions(), Conditions.READY)).isTrue();
              assertThat(Conditions.holds(status.conditions(), Conditions.PODS_INJECTED)).isTrue();
              assertThat(providerStatus().leases()).isEqualTo(1);
            });

    scene.forceDeletePod("one");

    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(requestStatus().pods()).isEqualTo(1);
              assertThat(requestStatus().leases()).isZero();
              assertThat(providerStatus().leases()).isZero();
            });
  }

  @Test
  void saysInTheTargetsWordsWhatFails() {
    await().atMost(SOON).until(() -> ready(providerStatus().conditions()).equals("Ready"));
    assertThat(providerStatus().target()).isEqualTo("ledger://here");

    target.goDown();

    await()
        .atMost(SOON)
        .until(() -> ready(providerStatus().conditions()).equals("TargetUnreachable"));
    await().atMost(SOON).until(() -> warnings("CredentialProvider").contains("TargetUnreachable"));
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              var ready = readyCondition(requestStatus().conditions());
              assertThat(ready.getReason()).isEqualTo("ProviderNotReady");
              assertThat(ready.getMessage())
                  .isEqualTo(
                      "spec.credentials[db].providerRef: CredentialProvider/orders-postgres is not"
                          + " ready (TargetUnreachable): connection refused");
            });

    target.comeUp();

    await().atMost(SOON).until(() -> ready(requestStatus().conditions()).equals("Ready"));
  }

  @Test
  void namesTheFieldAndTheFix() {
    await().atMost(SOON).until(() -> ready(requestStatus().conditions()).equals("Ready"));
    request()
        .edit(
            r -> {
              var asked = r.getSpec().credentials().getFirst();
              r.getSpec()
                  .credentials()
                  .set(
                      0,
                      new dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential(
                          asked.name(),
                          asked.providerRef(),
                          "writer",
                          asked.ttl(),
                          asked.x509(),
                          asked.delivery()));
              return r;
            });

    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              var ready = readyCondition(requestStatus().conditions());
              assertThat(ready.getReason()).isEqualTo("AccessLevelUnknown");
              assertThat(ready.getMessage()).startsWith("spec.credentials[db].access: ");
              assertThat(ready.getObservedGeneration()).isEqualTo(2);
            });
  }

  @Test
  void warnsOfPodsThatWereCreatedWithoutInjection() {
    client.resource(without(scene.pod("one"))).update();

    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(requestStatus().pods()).isEqualTo(1);
              assertThat(requestStatus().injected()).isZero();
              var condition =
                  Conditions.find(requestStatus().conditions(), Conditions.PODS_INJECTED)
                      .orElseThrow();
              assertThat(condition.getReason()).isEqualTo("PodsNotInjected");
              assertThat(condition.getMessage())
                  .isEqualTo(
                      "1 of 1 selected pods were created without injection (one): create them"
                          + " anew");
              assertThat(warnings("CredentialRequest")).contains("PodsNotInjected");
              assertThat(warnings("Pod")).contains("PodsNotInjected");
            });
  }

  @Test
  void saysBeforehandThatTheNamespaceLacksItsLabelAndThatThereIsNoPod() {
    await().atMost(SOON).until(() -> reason(Conditions.PODS_SERVED).equals("NoPods"));
    assertThat(reason(Conditions.PODS_INJECTED)).isEqualTo("PodsInjected");

    client
        .namespaces()
        .withName(scene.namespace())
        .edit(
            n -> {
              n.getMetadata().getLabels().remove(HallpassApi.INJECTION_LABEL);
              return n;
            });

    await().atMost(SOON).until(() -> reason(Conditions.PODS_INJECTED).equals("InjectionDisabled"));
    await().atMost(SOON).until(() -> warnings("CredentialRequest").contains("InjectionDisabled"));
  }

  @Test
  void saysThatNothingIsIssuedWhileTheRequestCarriesAnOrderToRevoke() {
    scene.pod("one");
    await().atMost(SOON).until(() -> ready(requestStatus().conditions()).equals("Ready"));

    annotate("leaked");

    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(ready(requestStatus().conditions())).isEqualTo("RevocationAsked");
              assertThat(reason(Conditions.PODS_SERVED)).isEqualTo("RevocationAsked");
              assertThat(warnings("CredentialRequest")).contains("RevocationAsked");
            });

    annotate(null);

    await().atMost(SOON).until(() -> ready(requestStatus().conditions()).equals("Ready"));
  }

  @Test
  void saysWhichPolicyKeepsPodsWithoutACredential() {
    var pod = scene.pod("one");
    scene.agentRunsSince(pod, Instant.now().minusSeconds(120));
    var policy =
        client
            .resource(
                Serialization.unmarshal(
                    """
                    apiVersion: hallpass.dev/v1alpha1
                    kind: CredentialPolicy
                    metadata: {name: frozen-%s}
                    spec:
                      match: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %s}}}
                      validations:
                      - {expression: "false", reason: Frozen, message: "a freeze is on"}
                    """
                        .formatted(scene.namespace(), scene.namespace()),
                    CredentialPolicy.class))
            .create();
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () -> {
                assertThat(requestStatus().failing()).isEqualTo(1);
                assertThat(
                        Conditions.find(requestStatus().conditions(), Conditions.PODS_SERVED)
                            .orElseThrow()
                            .getMessage())
                    .isEqualTo(
                        "1 of 1 pods have no credential (one): spec.credentials[db]:"
                            + " CredentialPolicy frozen-%s, Frozen: a freeze is on"
                                .formatted(scene.namespace()));
                assertThat(reason(Conditions.PODS_SERVED)).isEqualTo("PolicyDenied");
                assertThat(warnings("CredentialRequest")).contains("PolicyDenied");
                assertThat(ready(requestStatus().conditions())).isEqualTo("Ready");
              });
    } finally {
      client.resource(policy).delete();
    }
    scene.active(pod);

    await().atMost(SOON).until(() -> reason(Conditions.PODS_SERVED).equals("PodsServed"));
  }

  private void annotate(@Nullable String order) {
    request()
        .edit(
            r -> {
              var annotations = new HashMap<String, String>();
              if (order != null) {
                annotations.put(HallpassApi.REVOKE_ANNOTATION, order);
              }
              r.getMetadata().setAnnotations(annotations);
              return r;
            });
  }

  private String reason(String type) {
    return Conditions.find(requestStatus().conditions(), type).map(Condition::getReason).orElse("");
  }

  @Test
  void saysWhichServiceAccountIsMissing() {
    client.serviceAccounts().inNamespace(scene.namespace()).withName("orders").delete();

    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              var ready = readyCondition(requestStatus().conditions());
              assertThat(ready.getReason()).isEqualTo("ServiceAccountNotFound");
              assertThat(ready.getMessage())
                  .startsWith(
                      "spec.workload.serviceAccountName: there is no service account orders");
              assertThat(warnings("CredentialRequest")).contains("ServiceAccountNotFound");
            });
  }

  @Test
  void saysWhichFilesOfTwoRequestsAreInEachOthersWay() {
    var second = request().get();
    second.setMetadata(
        new ObjectMetaBuilder().withName("orders-more").withNamespace(scene.namespace()).build());
    second.setStatus(null);
    client.resource(second).create();

    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              var ready = readyCondition(requestStatus().conditions());
              assertThat(ready.getReason()).isEqualTo("PathCollision");
              assertThat(ready.getMessage())
                  .isEqualTo(
                      "spec.credentials[db].delivery.files: db.env is in the way of db.env of"
                          + " orders-more/db; choose another path");
            });

    client.resource(second).delete();

    await().atMost(SOON).until(() -> ready(requestStatus().conditions()).equals("Ready"));
  }

  @Test
  void writesNothingWhereNothingChanged() {
    await().atMost(SOON).until(() -> ready(requestStatus().conditions()).equals("Ready"));
    await().atMost(SOON).until(() -> ready(providerStatus().conditions()).equals("Ready"));
    var request = request().get().getMetadata().getResourceVersion();
    var provider = provider().get().getMetadata().getResourceVersion();

    await()
        .during(Duration.ofSeconds(6))
        .atMost(SOON)
        .until(
            () ->
                request().get().getMetadata().getResourceVersion().equals(request)
                    && provider().get().getMetadata().getResourceVersion().equals(provider));
  }

  private static Pod without(Pod pod) {
    pod.getMetadata().getAnnotations().remove(HallpassApi.INJECTED_ANNOTATION);
    pod.getMetadata().setResourceVersion(null);
    return pod;
  }

  private List<String> warnings(String kind) {
    return client.v1().events().inNamespace(scene.namespace()).list().getItems().stream()
        .filter(e -> e.getType().equals("Warning") && e.getInvolvedObject().getKind().equals(kind))
        .map(Event::getReason)
        .toList();
  }

  private Resource<CredentialRequest> request() {
    return client
        .resources(CredentialRequest.class)
        .inNamespace(scene.namespace())
        .withName("orders-db");
  }

  private Resource<CredentialProvider> provider() {
    return client
        .resources(CredentialProvider.class)
        .inNamespace(scene.namespace())
        .withName("orders-postgres");
  }

  private CredentialRequestStatus requestStatus() {
    var status = request().get().getStatus();
    return status == null
        ? new CredentialRequestStatus(null, null, null, null, null, null, null)
        : status;
  }

  private CredentialProviderStatus providerStatus() {
    var status = provider().get().getStatus();
    return status == null ? new CredentialProviderStatus(null, null, null, null) : status;
  }

  private static Condition readyCondition(@Nullable List<Condition> conditions) {
    return Conditions.find(conditions, Conditions.READY).orElseGet(Condition::new);
  }

  private static String ready(@Nullable List<Condition> conditions) {
    var reason = readyCondition(conditions).getReason();
    return reason == null ? "" : reason;
  }
}
