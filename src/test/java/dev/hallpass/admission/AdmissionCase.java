package dev.hallpass.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.ClusterCredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialApproval;
import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.api.v1alpha1.ProviderRef;
import dev.hallpass.kube.Catalog;
import dev.hallpass.kube.KnownParams;
import dev.hallpass.provider.Fields;
import dev.hallpass.provider.Offer;
import dev.hallpass.provider.Renewal;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.zjsonpatch.JsonPatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A pod, and what the cluster around it holds, read from a folder of golden files. */
record AdmissionCase(
    Path folder,
    JsonNode pod,
    List<CredentialRequest> requests,
    List<CustomResource<CredentialProviderSpec, CredentialProviderStatus>> providers,
    boolean isReady)
    implements Catalog {
  static final String NAMESPACE = "shop";
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final ObjectMapper JSON = new ObjectMapper();

  static final InjectionSettings SETTINGS =
      new InjectionSettings(
          "docker.io/hallpass/agent:dev",
          "IfNotPresent",
          "https://hallpass-broker.hallpass-system.svc:8443",
          InjectionSettings.DEFAULT_READY_PORT,
          InjectionSettings.DEFAULT_REQUESTS,
          InjectionSettings.DEFAULT_LIMITS,
          "hallpass-system");

  /** What came of a pod: a patched pod, or a refusal. */
  record Outcome(JsonNode response, JsonNode pod) {
    boolean isAllowed() {
      return response.path("allowed").asBoolean();
    }

    boolean isPatched() {
      return response.has("patch");
    }

    String message() {
      return response.path("status").path("message").asText();
    }
  }

  @Override
  public List<BreakGlass> breakGlasses(String namespace) {
    return List.of();
  }

  static AdmissionCase read(Path folder) throws IOException {
    var requests = new ArrayList<CredentialRequest>();
    for (var document : documents(folder.resolve("in-requests.yaml"))) {
      requests.add(JSON.treeToValue(document, CredentialRequest.class));
    }
    var providers =
        new ArrayList<CustomResource<CredentialProviderSpec, CredentialProviderStatus>>();
    for (var document : documents(folder.resolve("in-providers.yaml"))) {
      providers.add(
          document.path("kind").asText().equals("CredentialProvider")
              ? JSON.treeToValue(document, CredentialProvider.class)
              : JSON.treeToValue(document, ClusterCredentialProvider.class));
    }
    return new AdmissionCase(
        folder, documents(folder.resolve("in-pod.yaml")).getFirst(), requests, providers, true);
  }

  AdmissionCase withPod(JsonNode other) {
    return new AdmissionCase(folder, other, requests, providers, isReady);
  }

  AdmissionCase notReady() {
    return new AdmissionCase(folder, pod, requests, providers, false);
  }

  /** Sends the pod through the webhook as the API server does, and applies the patch as it does. */
  Outcome review(String namespace) throws IOException {
    var review = JSON.createObjectNode().put("apiVersion", "admission.k8s.io/v1");
    review.put("kind", "AdmissionReview");
    var request = review.putObject("request").put("uid", "u-1").put("operation", "CREATE");
    request.put("namespace", namespace).putObject("resource").put("resource", "pods");
    request.set("object", pod);
    var decider =
        new InjectionDecider(
            SETTINGS, this, this, AdmissionCase::offer, () -> "-----CA-----\n", Clock.systemUTC());
    var answer =
        JSON.readTree(
            new AdmissionReviewer(decider, SETTINGS).review(JSON.writeValueAsBytes(review)));
    var response = answer.path("response");
    var patched =
        response.has("patch")
            ? JsonPatch.apply(JSON.readTree(response.path("patch").binaryValue()), pod)
            : pod;
    return new Outcome(response, patched);
  }

  /** Every format, a login's fields, and what kind of validity the real driver of it has. */
  static Offer offer(CredentialProviderSpec spec) {
    return new Offer(
        EnumSet.allOf(Delivery.Format.class),
        new Fields(Set.of("username", "password")),
        spec.postgresql() == null ? Renewal.Reissue : Renewal.Extend);
  }

  @Override
  public boolean isCurrent() {
    return isReady;
  }

  @Override
  public Optional<CredentialRequest> request(String namespace, String name) {
    return requests(namespace).stream()
        .filter(r -> r.getMetadata().getName().equals(name))
        .findFirst();
  }

  @Override
  public List<CredentialRequest> requests(String namespace) {
    return requests.stream().filter(r -> r.getMetadata().getNamespace().equals(namespace)).toList();
  }

  @Override
  public Optional<CustomResource<CredentialProviderSpec, CredentialProviderStatus>> provider(
      ProviderRef ref, String namespace) {
    return providers.stream()
        .filter(p -> p.getKind().equals(ref.kind().name()))
        .filter(p -> p.getMetadata().getName().equals(ref.name()))
        .findFirst();
  }

  @Override
  public Optional<Namespace> namespace(String name) {
    return Optional.of(
        new NamespaceBuilder()
            .withNewMetadata()
            .withName(name)
            .addToLabels("kubernetes.io/metadata.name", name)
            .endMetadata()
            .build());
  }

  @Override
  public List<CredentialApproval> approvals(String namespace) {
    return List.of();
  }

  @Override
  public List<CredentialPolicy> policies() {
    return List.of();
  }

  @Override
  public KnownParams params() {
    return KnownParams.NONE;
  }

  static List<JsonNode> documents(Path file) throws IOException {
    try (var values = YAML.readerFor(JsonNode.class).<JsonNode>readValues(Files.readString(file))) {
      return values.readAll().stream().filter(d -> !d.isEmpty()).toList();
    }
  }
}
