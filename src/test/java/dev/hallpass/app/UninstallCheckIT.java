package dev.hallpass.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.chart.Grants;
import dev.hallpass.kube.Events;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.testing.Access;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** With the permissions of the chart's hook, and no others. */
@ExtendWith(KubeApi.class)
class UninstallCheckIT {
  private static final String ACCOUNT = "hallpass-uninstall-check";

  private KubeApi kube;
  private Grants grants;
  private KubernetesClient acting;
  private Events events;
  private ObjectReference job;

  @BeforeEach
  void install(KubeApi api) {
    kube = api;
    grants = Grants.install(api, "uninstall-check");
    acting = api.client(ACCOUNT);
    events = new Events(acting, Clock.systemUTC());
    job =
        new ObjectReferenceBuilder()
            .withApiVersion("batch/v1")
            .withKind("Job")
            .withNamespace(api.namespace())
            .withName(ACCOUNT)
            .withUid(UUID.randomUUID().toString())
            .build();
    // What other tests left behind holds nothing.
    everyLease().forEach(lease -> put(lease, LeasePhase.Revoked));
    // The authorizer learns of new roles by a watch.
    await()
        .until(
            () ->
                grants.allow("list", "hallpass.dev", "credentialleases", null)
                    && grants.allow("create", "", "events", ""));
  }

  @AfterEach
  void close() {
    everyLease().forEach(lease -> put(lease, LeasePhase.Revoked));
    events.close();
    acting.close();
    grants.close();
  }

  @Test
  void refusesWhileLeasesAreLiveAndSaysHowManyWhereAndWhatToDo() throws IOException {
    var other = namespace();
    lease(kube.namespace(), "a", LeasePhase.Active);
    lease(kube.namespace(), "b", LeasePhase.Revoking);
    lease(kube.namespace(), "c", LeasePhase.Revoked);
    lease(other, "a", LeasePhase.Pending);
    lease(other, "b", LeasePhase.Denied);

    var objection = check(acting).objection();

    assertThat(objection)
        .hasValueSatisfying(
            said ->
                assertThat(said)
                    .startsWith(
                        "UninstallRefused: 3 leases are not over: 2 in %s, 1 in %s. "
                            .formatted(kube.namespace(), other))
                    .contains("kubectl delete credentialrequests --all --all-namespaces")
                    .contains("kubectl hallpass revoke --all --all-namespaces")
                    .contains("helm uninstall --no-hooks"));
    assertThat(kube.client().v1().events().inNamespace(kube.namespace()).list().getItems())
        .singleElement()
        .returns("UninstallRefused", Event::getReason)
        .returns("Warning", Event::getType)
        .satisfies(
            e -> {
              assertThat(e.getInvolvedObject().getUid()).isEqualTo(job.getUid());
              assertThat("UninstallRefused: " + e.getMessage()).isEqualTo(objection.get());
            });
    await()
        .untilAsserted(
            () -> {
              var accesses = kube.accesses(ACCOUNT);
              assertThat(accesses).isNotEmpty().allMatch(Access::allowed);
              assertThat(grants.unused(accesses)).isEmpty();
            });
  }

  @Test
  void hasNothingAgainstItOnceAllAreOver() throws IOException {
    lease(kube.namespace(), "a", LeasePhase.Revoked);
    lease(kube.namespace(), "b", LeasePhase.Denied);

    assertThat(check(acting).objection()).isEmpty();
    assertThat(kube.client().v1().events().inNamespace(kube.namespace()).list().getItems())
        .isEmpty();
  }

  /** More than come in one answer. */
  @Test
  void countsEveryPage() throws IOException {
    for (var i = 0; i < 501; i++) {
      lease(kube.namespace(), "lease-" + i, null);
    }

    assertThat(check(acting).objection())
        .hasValueSatisfying(said -> assertThat(said).contains("501 leases are not over"));
  }

  @Test
  void refusesWhereItMayNotLook() {
    try (var stranger = kube.client("stranger")) {
      assertThat(check(stranger).objection())
          .hasValueSatisfying(
              said ->
                  assertThat(said)
                      .startsWith("ApiServerUnavailable: ")
                      .contains("HTTP 403")
                      .contains("helm uninstall --no-hooks"));
    }
  }

  @Test
  void refusesWhereNobodyAnswers() {
    try (var lost = at("http://127.0.0.1:1")) {
      assertThat(check(lost).objection())
          .hasValueSatisfying(said -> assertThat(said).contains("does not answer"));
    }
  }

  @Test
  void hasNothingAgainstItWhereLeasesAreNotEvenDefined() throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> exchange.sendResponseHeaders(404, -1));
    server.start();
    try (var bare = at("http://127.0.0.1:" + server.getAddress().getPort())) {
      assertThat(check(bare).objection()).isEmpty();
    } finally {
      server.stop(0);
    }
  }

  private UninstallCheck check(KubernetesClient client) {
    return new UninstallCheck(client, events, Optional.of(job));
  }

  private static KubernetesClient at(String url) {
    return new KubernetesClientBuilder()
        .withConfig(new ConfigBuilder().withMasterUrl(url).withRequestRetryBackoffLimit(0).build())
        .build();
  }

  private String namespace() {
    return kube.client()
        .resource(
            new NamespaceBuilder().withNewMetadata().withGenerateName("it-").endMetadata().build())
        .create()
        .getMetadata()
        .getName();
  }

  private void lease(String namespace, String name, LeasePhase phase) throws IOException {
    var manifest = Files.readString(Path.of("src/test/resources/manifests/valid-lease.yaml"));
    var lease =
        kube.client().getKubernetesSerialization().unmarshal(manifest, CredentialLease.class);
    lease.getMetadata().setName(name);
    lease.getMetadata().setNamespace(namespace);
    var created = kube.client().resource(lease).create();
    if (phase != null) {
      put(created, phase);
    }
  }

  private void put(CredentialLease lease, LeasePhase phase) {
    lease.setStatus(
        new CredentialLeaseStatus(phase, 1L, null, null, null, null, null, null, null, null));
    kube.client().resource(lease).updateStatus();
  }

  private List<CredentialLease> everyLease() {
    return kube
        .client()
        .resources(CredentialLease.class)
        .inAnyNamespace()
        .list()
        .getItems()
        .stream()
        .filter(lease -> !LeaseJudge.over(lease))
        .toList();
  }
}
