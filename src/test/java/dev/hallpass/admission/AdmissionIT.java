package dev.hallpass.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.kube.Conditions;
import dev.hallpass.kube.LiveCatalog;
import dev.hallpass.kube.Statement;
import dev.hallpass.kube.WatchedCatalog;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A real API server asks the webhook, over TLS with Hallpass's own certificates. */
@ExtendWith(KubeApi.class)
class AdmissionIT {
  private static final Statement ANSWERS =
      new Statement.Holds(Conditions.READY, Reason.Ready, "the target answers");
  private static final Statement FAILS =
      new Statement.Fails(Conditions.READY, Reason.TargetUnreachable, "the port is closed");

  private static final Path MANIFESTS = Path.of("src/test/resources/manifests");

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MESH =
      """
      [{"op":"add","path":"/spec/containers/-","value":{
        "name":"mesh","image":"docker.io/example/mesh:1",
        "securityContext":{"runAsUser":1337,"allowPrivilegeEscalation":false,
          "capabilities":{"drop":["ALL"]}}}}]""";

  private final AtomicInteger reviews = new AtomicInteger();
  private KubeApi kube;
  private WebhookServer server;
  private WatchedCatalog seen;

  @BeforeEach
  void start(KubeApi api) throws IOException, GeneralSecurityException {
    kube = api;
    server = WebhookServer.start();
    seen = WatchedCatalog.start(kube.client(), kube.namespace());
    var decider =
        new InjectionDecider(
            AdmissionCase.SETTINGS,
            seen,
            new LiveCatalog(kube.client(), kube.namespace()),
            AdmissionCase::offer,
            server::trustBundle,
            Clock.systemUTC());
    var reviewer = new AdmissionReviewer(decider, AdmissionCase.SETTINGS);
    server.serve(
        "/inject",
        body -> {
          reviews.incrementAndGet();
          return reviewer.review(body);
        });
    server.serve("/mesh", AdmissionIT::addMesh);
    kube.client()
        .namespaces()
        .withName(kube.namespace())
        .edit(
            n -> {
              n.getMetadata().getLabels().put("pod-security.kubernetes.io/enforce", "restricted");
              return n;
            });
    kube.client()
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withName("orders")
                .withNamespace(kube.namespace())
                .endMetadata()
                .build())
        .create();
  }

  @AfterEach
  void stop() {
    kube.client()
        .admissionRegistration()
        .v1()
        .mutatingWebhookConfigurations()
        .withName(kube.namespace())
        .delete();
    seen.close();
    server.close();
  }

  @Test
  void aSelectedPodIsInjectedUnderPodSecurityRestricted() {
    register(webhook("inject"));
    request("reader");
    provider(ANSWERS);

    var pod = kube.client().resource(pod()).create();

    var agent = pod.getSpec().getInitContainers().getFirst();
    assertThat(agent.getName()).isEqualTo("hallpass-agent");
    assertThat(agent.getRestartPolicy()).isEqualTo("Always");
    assertThat(agent.getEnv().getFirst().getValue()).isEqualTo(server.trustBundle());
    assertThat(mounts(pod.getSpec().getContainers().getFirst()))
        .contains("/var/run/hallpass")
        .contains("/var/run/secrets/kubernetes.io/serviceaccount");
    assertThat(agent.getVolumeMounts())
        .as("no token that the API server accepts")
        .extracting(VolumeMount::getName)
        .containsOnly("hallpass-credentials", "hallpass-token");
  }

  @Test
  void askedAgainAfterAnotherWebhookItChangesNothing() {
    register(webhook("inject"), webhook("mesh"));
    request("reader");
    provider(ANSWERS);

    var pod = kube.client().resource(pod()).create();

    assertThat(reviews).hasValue(2);
    assertThat(pod.getSpec().getInitContainers()).hasSize(1);
    assertThat(pod.getSpec().getInitContainers().getFirst().getArgs()).contains("--file-mode=0400");
    assertThat(pod.getSpec().getContainers()).hasSize(2);
    assertThat(mounts(pod.getSpec().getContainers().getLast())).doesNotContain("/var/run/hallpass");
  }

  @Test
  void aBrokenRequestIsRefusedWithTheFix() {
    register(webhook("inject"));
    request("writr");
    provider(ANSWERS);

    assertThatThrownBy(() -> kube.client().resource(pod()).create())
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining(
            "hallpass: CredentialRequest %s/orders-db: spec.credentials[db].access:"
                .formatted(kube.namespace()))
        .hasMessageContaining("offers no level \"writr\"")
        .hasMessageContaining("(AccessLevelUnknown)");
  }

  @Test
  void anUnreadyProviderIsNamed() {
    register(webhook("inject"));
    request("reader");
    provider(FAILS);

    assertThatThrownBy(() -> kube.client().resource(pod()).create())
        .hasMessageContaining("is not ready (TargetUnreachable): the port is closed")
        .hasMessageContaining("(ProviderNotReady)");
  }

  @Test
  void aDryRunIsAnsweredLikeAnyOther() {
    register(webhook("inject"));
    request("reader");
    provider(ANSWERS);

    var pod = kube.client().resource(pod()).dryRun().create();

    assertThat(pod.getSpec().getInitContainers()).hasSize(1);
    assertThat(kube.client().pods().inNamespace(kube.namespace()).list().getItems()).isEmpty();
  }

  @Test
  void aPodThatIsAppliedAgainDoesNotDrift() {
    register(webhook("inject"));
    request("reader");
    provider(ANSWERS);
    var named =
        new PodBuilder(pod())
            .editMetadata()
            .withGenerateName(null)
            .withName("orders-applied")
            .endMetadata()
            .build();
    var first = kube.client().resource(named).fieldManager("team").serverSideApply();

    var second = kube.client().resource(named).fieldManager("team").serverSideApply();

    assertThat(second.getSpec().getInitContainers()).hasSize(1);
    assertThat(second.getMetadata().getResourceVersion())
        .isEqualTo(first.getMetadata().getResourceVersion());
  }

  @Test
  void aWorkloadIsLeftAsItWasApplied() {
    register(webhook("inject"));
    request("reader");
    provider(ANSWERS);
    var deployment =
        new DeploymentBuilder()
            .withNewMetadata()
            .withName("orders")
            .withNamespace(kube.namespace())
            .endMetadata()
            .withNewSpec()
            .withNewSelector()
            .addToMatchLabels("app", "orders")
            .endSelector()
            .withNewTemplate()
            .withNewMetadata()
            .addToLabels("app", "orders")
            .endMetadata()
            .withSpec(pod().getSpec())
            .endTemplate()
            .endSpec()
            .build();

    var applied = kube.client().resource(deployment).serverSideApply();

    assertThat(reviews).hasValue(0);
    assertThat(applied.getSpec().getTemplate().getSpec().getInitContainers()).isEmpty();
    assertThat(applied.getSpec().getTemplate().getSpec().getVolumes()).isEmpty();
  }

  private void request(String access) {
    apply("valid-request.yaml", yaml -> yaml.replace("access: reader", "access: " + access));
    await().until(() -> seen.isReady() && !seen.requests(kube.namespace()).isEmpty());
  }

  private void provider(Statement said) {
    apply("valid-provider.yaml", yaml -> yaml);
    var provider =
        kube.client()
            .resources(CredentialProvider.class)
            .inNamespace(kube.namespace())
            .list()
            .getItems()
            .getFirst();
    provider.setStatus(
        new CredentialProviderStatus(1L, null, 0, Conditions.with(null, said, 1L, Instant.now())));
    kube.client().resource(provider).updateStatus();
    var request = seen.requests(kube.namespace()).getFirst();
    var ref = request.getSpec().credentials().getFirst().providerRef();
    await()
        .until(
            () ->
                seen.provider(ref, kube.namespace())
                    .filter(p -> p.getStatus() != null)
                    .isPresent());
  }

  private void apply(String manifest, UnaryOperator<String> change) {
    try {
      var yaml = change.apply(Files.readString(MANIFESTS.resolve(manifest)));
      kube.client()
          .load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
          .inNamespace(kube.namespace())
          .create();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Pod pod() {
    return new PodBuilder()
        .withNewMetadata()
        .withGenerateName("orders-")
        .withNamespace(kube.namespace())
        .addToLabels("app", "orders")
        .endMetadata()
        .withNewSpec()
        .withServiceAccountName("orders")
        .withNewSecurityContext()
        .withRunAsNonRoot(true)
        .withRunAsUser(1000L)
        .withNewSeccompProfile()
        .withType("RuntimeDefault")
        .endSeccompProfile()
        .endSecurityContext()
        .addNewContainer()
        .withName("app")
        .withImage("docker.io/example/orders:1")
        .withNewSecurityContext()
        .withAllowPrivilegeEscalation(false)
        .withNewCapabilities()
        .addToDrop("ALL")
        .endCapabilities()
        .endSecurityContext()
        .endContainer()
        .endSpec()
        .build();
  }

  private MutatingWebhook webhook(String name) {
    return new MutatingWebhookBuilder()
        .withName(name + ".hallpass.dev")
        .withAdmissionReviewVersions("v1")
        .withSideEffects("None")
        .withFailurePolicy("Fail")
        .withReinvocationPolicy("IfNeeded")
        .withNewNamespaceSelector()
        .addToMatchLabels("kubernetes.io/metadata.name", kube.namespace())
        .endNamespaceSelector()
        .addNewRule()
        .withApiGroups("")
        .withApiVersions("v1")
        .withOperations("CREATE")
        .withResources("pods")
        .endRule()
        .withNewClientConfig()
        .withUrl(server.url("/" + name))
        .withCaBundle(
            Base64.getEncoder()
                .encodeToString(server.trustBundle().getBytes(StandardCharsets.UTF_8)))
        .endClientConfig()
        .build();
  }

  private void register(MutatingWebhook... webhooks) {
    kube.client()
        .resource(
            new MutatingWebhookConfigurationBuilder()
                .withNewMetadata()
                .withName(kube.namespace())
                .endMetadata()
                .withWebhooks(webhooks)
                .build())
        .create();
  }

  /** Stands for a service mesh: adds its proxy, as another user, once. */
  private static byte[] addMesh(byte[] body) {
    try {
      var request = JSON.readTree(body).path("request");
      var answer = JSON.createObjectNode().put("apiVersion", "admission.k8s.io/v1");
      var response = answer.put("kind", "AdmissionReview").putObject("response");
      response.put("uid", request.path("uid").asText()).put("allowed", true);
      if (request.at("/object/spec/containers").size() == 1) {
        response.put("patchType", "JSONPatch").put("patch", MESH.getBytes(StandardCharsets.UTF_8));
      }
      return JSON.writeValueAsBytes(answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> mounts(Container container) {
    return container.getVolumeMounts().stream().map(VolumeMount::getMountPath).toList();
  }
}
