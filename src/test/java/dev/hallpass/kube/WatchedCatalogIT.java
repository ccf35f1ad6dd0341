package dev.hallpass.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What many large objects of a tenant leave in the broker's memory. */
@ExtendWith(KubeApi.class)
class WatchedCatalogIT {
  private static final int MANY = 2 * (int) Trim.PAGE + 3;
  private static final String LARGE = "x".repeat(100_000);

  @Test
  void listsInPagesAndKeepsNothingOfWhatOthersAttach(KubeApi kube) {
    for (var i = 0; i < MANY; i++) {
      kube.client().resource(request(kube.namespace(), "r-" + i)).create();
    }

    try (var catalog = WatchedCatalog.start(kube.client(), kube.namespace())) {
      Awaitility.await().until(() -> catalog.requests(kube.namespace()).size() == MANY);

      assertThat(catalog.requests(kube.namespace()))
          .allSatisfy(
              r ->
                  assertThat(r.getMetadata().getAnnotations())
                      .isEqualTo(Map.of(HallpassApi.REVOKE_ANNOTATION, "2026-01-01T00:00:00Z")));
    }
  }

  @AfterEach
  void remove(KubeApi kube) {
    kube.client().resources(CredentialRequest.class).inNamespace(kube.namespace()).delete();
  }

  private static CredentialRequest request(String namespace, String name) {
    var request =
        Serialization.unmarshal(
            """
            spec:
              workload: {serviceAccountName: orders, selector: {matchLabels: {app: orders}}}
              owner: team-orders
              purpose: test
              credentials:
              - name: db
                providerRef: {kind: CredentialProvider, name: pg}
                access: reader
                ttl: 15m
                delivery: {mode: Sidecar, files: [{path: db.json, format: Json}]}
            """,
            CredentialRequest.class);
    request.getMetadata().setName(name);
    request.getMetadata().setNamespace(namespace);
    request
        .getMetadata()
        .setAnnotations(
            Map.of("large", LARGE, HallpassApi.REVOKE_ANNOTATION, "2026-01-01T00:00:00Z"));
    return request;
  }
}
