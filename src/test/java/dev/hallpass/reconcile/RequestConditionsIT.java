package dev.hallpass.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.ClusterCredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.kube.Conditions;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What admission refuses a pod for, a request says before there is one. */
@ExtendWith(KubeApi.class)
class RequestConditionsIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  private KubernetesClient client;
  @AutoClose private ControllerScene scene;

  @BeforeEach
  void setUp(KubeApi api) {
    client = api.client();
    scene = new ControllerScene(api, new LedgerDriver());
    scene.leading();
  }

  @Test
  void podsThatCarryItsLabelsAndRunAsSomebodyElse() {
    scene.pod("one");
    await().atMost(SOON).until(() -> reason(Conditions.PODS_INJECTED).equals("PodsInjected"));
    var stranger = client.resource(stranger()).create();

    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              var injected = condition(Conditions.PODS_INJECTED);
              assertThat(injected.getStatus()).isEqualTo("False");
              assertThat(injected.getReason()).isEqualTo("ServiceAccountMismatch");
              assertThat(injected.getMessage())
                  .startsWith("spec.workload.serviceAccountName: ")
                  .contains("do not run as orders (stranger)");
              assertThat(request().get().getStatus().pods()).isEqualTo(1);
              assertThat(client.v1().events().inNamespace(scene.namespace()).list().getItems())
                  .anySatisfy(
                      e -> {
                        assertThat(e.getReason()).isEqualTo("ServiceAccountMismatch");
                        assertThat(e.getType()).isEqualTo("Warning");
                        assertThat(e.getInvolvedObject().getName()).isEqualTo("orders-db");
                      });
            });

    client.resource(stranger).withGracePeriod(0).delete();

    await().atMost(SOON).until(() -> reason(Conditions.PODS_INJECTED).equals("PodsInjected"));
  }

  @Test
  void aProviderThatDoesNotExistOrIsForOthers() {
    asks("CredentialProvider", "missing");

    await().atMost(SOON).until(() -> reason(Conditions.READY).equals("ProviderNotFound"));
    assertThat(condition(Conditions.READY).getMessage())
        .isEqualTo("spec.credentials[db].providerRef: there is no CredentialProvider/missing");

    var others = client.resource(forOthers()).create();
    try {
      asks("ClusterCredentialProvider", others.getMetadata().getName());

      await().atMost(SOON).until(() -> reason(Conditions.READY).equals("NamespaceNotAllowed"));
      assertThat(condition(Conditions.READY).getMessage())
          .startsWith("spec.credentials[db].providerRef: ")
          .endsWith(
              "does not allow namespace %s in spec.allowedNamespaces".formatted(scene.namespace()));
    } finally {
      client.resource(others).delete();
      await().atMost(SOON).until(() -> client.resource(others).get() == null);
    }
  }

  private void asks(String kind, String name) {
    request()
        .patch(
            PatchContext.of(PatchType.JSON),
            """
            [{"op": "replace", "path": "/spec/credentials/0/providerRef",
              "value": {"kind": "%s", "name": "%s"}}]"""
                .formatted(kind, name));
  }

  private ClusterCredentialProvider forOthers() {
    return Serialization.unmarshal(
        """
        apiVersion: hallpass.dev/v1alpha1
        kind: ClusterCredentialProvider
        metadata: {name: others-%s}
        spec:
          postgresql:
            host: 127.0.0.1
            database: postgres
            tls: {mode: Disable}
            adminSecretRef: {name: admin}
          allowedNamespaces: {names: [others]}
          access:
          - {name: reader, maxTtl: 1h, maxLifetime: 24h, postgresql: {roles: [orders_reader]}}
        """
            .formatted(scene.namespace()),
        ClusterCredentialProvider.class);
  }

  private Pod stranger() {
    client
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withName("strangers")
                .withNamespace(scene.namespace())
                .endMetadata()
                .withAutomountServiceAccountToken(false)
                .build())
        .create();
    return new PodBuilder()
        .withNewMetadata()
        .withName("stranger")
        .withNamespace(scene.namespace())
        .withLabels(Map.of("app", "orders"))
        .endMetadata()
        .withNewSpec()
        .withServiceAccountName("strangers")
        .addNewContainer()
        .withName("app")
        .withImage("app")
        .endContainer()
        .endSpec()
        .build();
  }

  private Resource<CredentialRequest> request() {
    return client
        .resources(CredentialRequest.class)
        .inNamespace(scene.namespace())
        .withName("orders-db");
  }

  private Condition condition(String type) {
    var status = request().get().getStatus();
    return status == null
        ? new Condition()
        : Conditions.find(status.conditions(), type).orElseGet(Condition::new);
  }

  private String reason(String type) {
    return String.valueOf(condition(type).getReason());
  }
}
