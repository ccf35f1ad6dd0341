package dev.hallpass.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Olga owns the namespace and may do everything in it. What approvers read, what the trail tells
 * and until when an access lasts is not hers to write.
 */
@ExtendWith(KubeApi.class)
class LeaseRulesIT {
  private static final String STATUS =
      """
      {"status":{"phase":"AwaitingApproval","approval":{"digest":"d","policies":[],"approvedAt":"2099-01-01T00:00:00Z"}}}""";

  private KubeApi kube;
  private StampScene scene;
  private KubernetesClient olga;

  @BeforeEach
  void install(KubeApi api) throws IOException, GeneralSecurityException {
    kube = api;
    scene = StampScene.start(kube);
    olga = scene.as("olga");
    scene.installRules("hallpass-leases"::equals);
    await("the rule is known")
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> olga.resource(lease("orders-1")).dryRun().create())
                    .hasMessageContaining(
                        "a lease is made by Hallpass alone: create a pod that a CredentialRequest"
                            + " selects"));
    hallpass("broker").resource(lease("orders-1")).create();
  }

  @AfterEach
  void remove() {
    scene.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"metadata\":{\"labels\":{\"hallpass.dev/request-uid\":null}}} | metadata.labels: are written",
        "{\"spec\":{\"purpose\":\"read-only export for the auditors\"}} | a lease is immutable",
      })
  void itsOwnerChangesNothingThatIsRead(String patch, String message) {
    assertThatThrownBy(() -> merge(its(olga), patch)).hasMessageContaining(message);
  }

  @Test
  void itsOwnerWritesNoStatus() {
    assertThatThrownBy(() -> its(olga).subresource("status").patch(json(), STATUS))
        .hasMessageContaining("status: is written by Hallpass alone; to end a lease, delete it");
  }

  @Test
  void hallpassWritesItsStatus() {
    var written = its(hallpass("controller")).subresource("status").patch(json(), STATUS);

    assertThat(written.getStatus().approval().approvedAt()).isEqualTo("2099-01-01T00:00:00Z");
  }

  @Test
  void itsOwnerMayEndItAndLetItGo() {
    merge(
        its(olga),
        "{\"metadata\":{\"annotations\":{\"%s\":\"incident 7\"}}}"
            .formatted(HallpassApi.REVOKE_ANNOTATION));
    its(olga).delete();

    merge(its(olga), "{\"metadata\":{\"finalizers\":null}}");

    assertThat(its(kube.client()).get()).isNull();
  }

  private KubernetesClient hallpass(String process) {
    return scene.as("system:serviceaccount:%s:hallpass-%s".formatted(kube.namespace(), process));
  }

  private Resource<CredentialLease> its(KubernetesClient client) {
    return client
        .resources(CredentialLease.class)
        .inNamespace(kube.namespace())
        .withName("orders-1");
  }

  private static void merge(Resource<CredentialLease> lease, String patch) {
    lease.patch(json(), patch);
  }

  private static PatchContext json() {
    return PatchContext.of(PatchType.JSON_MERGE);
  }

  private CredentialLease lease(String name) {
    return Serialization.unmarshal(
        """
        apiVersion: hallpass.dev/v1alpha1
        kind: CredentialLease
        metadata:
          name: %s
          namespace: %s
          labels: {hallpass.dev/request-uid: r, hallpass.dev/pod-uid: p}
          finalizers: [hallpass.dev/revocation]
        spec:
          requestRef: {name: db, uid: r}
          credential: db
          pod: {name: orders, uid: p, serviceAccountName: orders, nodeName: n}
          providerRef: {kind: CredentialProvider, name: orders-postgres}
          access: reader
          ttl: 1h
          maxLifetime: 24h
          mode: Sidecar
          owner: team-orders
          purpose: read orders
        """
            .formatted(name, kube.namespace()),
        CredentialLease.class);
  }
}
