package dev.hallpass.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The webhook is asked before the schema. Whoever writes nonsense must read what is wrong with it,
 * and no HTTP status of a webhook; and what the webhook cannot read must not get by.
 */
@ExtendWith(KubeApi.class)
class UnreadableIT {
  private static final Path MANIFESTS = Path.of("src/test/resources/manifests");
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String FORGED =
      "sha256:7777777777777777777777777777777777777777777777777777777777777777";

  private KubeApi kube;
  private StampScene scene;
  private KubernetesClient ada;

  @BeforeEach
  void open(KubeApi api) throws IOException, GeneralSecurityException {
    kube = api;
    scene = StampScene.start(kube);
    scene.letInTheCluster("hallpass-may-break-glass", "ada");
    scene.letInTheCluster("hallpass-may-review", "ada", "grace");
    ada = scene.as("ada");
  }

  @AfterEach
  void close() {
    scene.close();
  }

  /** The webhook works once it refuses what the schema would let be. */
  private void install(String webhook, String probe, String refusal) {
    scene.installWebhook(webhook);
    await().atMost(SOON).untilAsserted(() -> assertThat(refusal(probe)).contains(refusal));
  }

  private void installBreakGlass() {
    install(
        "breakglasses.hallpass.dev",
        glass("duration: 30m"),
        "no CredentialRequest of this namespace has a credential db");
  }

  private void installApprovals() {
    install("stamps.hallpass.dev", approval("decision: Deny"), "spec.leaseRef.name: no lease a");
  }

  private static String glass(String rest) {
    return """
        apiVersion: hallpass.dev/v1alpha1
        kind: BreakGlass
        metadata: {name: inc-7}
        spec:
          requestRef: {name: orders-db}
          credential: db
          justification: the approvers are out and orders cannot be shipped
          incident: INC-7
          digests: ["%s"]
          openedBy: {username: ada}
          %s
        """
        .formatted(FORGED, rest);
  }

  private static String approval(String rest) {
    return """
        apiVersion: hallpass.dev/v1alpha1
        kind: CredentialApproval
        metadata: {name: yes}
        spec:
          leaseRef: {name: a, uid: b}
          stamp:
            approver: {username: ada}
            time: "2026-05-01T08:00:00Z"
            policies: [asks]
            leaseUid: b
            podUid: c
            digest: sha256:0
            until: "2099-01-01T00:00:00Z"
          %s
        """
        .formatted(rest);
  }

  /** What the API server says to it; fails where it lets it be. */
  private String refusal(String yaml) {
    var object = generic(yaml);
    try {
      ada.resource(object).dryRun().create();
    } catch (KubernetesClientException e) {
      return e.getMessage();
    }
    throw new AssertionError("accepted: " + yaml);
  }

  private GenericKubernetesResource generic(String yaml) {
    var object = Serialization.unmarshal(yaml, GenericKubernetesResource.class);
    object.getMetadata().setNamespace(kube.namespace());
    return object;
  }

  private List<String> manifests(String kind) throws IOException {
    try (var files = Files.list(MANIFESTS)) {
      return files
          .filter(f -> f.getFileName().toString().startsWith("invalid-" + kind + "-"))
          .map(UnreadableIT::read)
          .filter(yaml -> !yaml.contains("\n---"))
          .toList();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** By the schema, or by the webhook's own words; both name the field. */
  private void allNameTheField(List<String> manifests) {
    assertThat(manifests).isNotEmpty();
    assertThat(manifests)
        .allSatisfy(
            yaml ->
                assertThat(refusal(yaml))
                    .contains("spec")
                    .doesNotContain("failed calling webhook", "an error on the server"));
  }

  @Test
  void everyInvalidBreakGlassIsRefusedInWords() throws IOException {
    installBreakGlass();

    allNameTheField(manifests("break-glass"));
  }

  @Test
  void everyInvalidApprovalAndRequestIsRefusedInWords() throws IOException {
    installApprovals();

    allNameTheField(manifests("approval"));
    allNameTheField(manifests("request"));
  }

  @Test
  void theSchemaSaysWhatIsWrongWithABreakGlass() {
    installBreakGlass();

    assertThat(refusal(glass("duration: 1x")))
        .contains("duration: write hours, minutes or seconds, e.g. 30m")
        .doesNotContain("MutatingWebhookConfiguration");
    assertThat(refusal(glass("duration: 99999999999999999999h"))).contains("spec.duration");
    assertThat(refusal(glass("duration: 9999999999999999h"))).contains("spec.duration");
    assertThat(refusal(glass("incident2: INC-7"))).contains("spec.duration: Required value");
    assertThat(refusal(glass("duration: {hours: 1}"))).contains("spec.duration", "must be of type");
    assertThat(refusal(glass("review: {outcome: Perhaps, comment: it was right to do so}")))
        .contains("spec.review.outcome: Unsupported value");
    var bare = "apiVersion: hallpass.dev/v1alpha1\nkind: BreakGlass\nmetadata: {name: bare}\n";
    assertThat(refusal(bare)).contains("spec: Required value");
    assertThat(refusal(bare + "spec: now\n")).contains("spec", "must be of type object");
  }

  @Test
  void theSchemaSaysWhatIsWrongWithAnApproval() {
    installApprovals();

    assertThat(refusal(approval("decision: Perhaps")))
        .contains("spec.decision: Unsupported value: \"Perhaps\"");
    assertThat(refusal(approval("decision: [Approve]"))).contains("spec.decision");
  }

  /** What stands for a stamp where there is none cannot be one, even if all else is right. */
  @Test
  void whatIsLeftToTheSchemaIsRefusedWhateverItIs() {
    var left = glass("duration: 30m").replace(FORGED, BreakGlassStamp.NO_DIGEST);
    assertThat(refusal(left))
        .contains("spec.digests")
        .contains("leave them out; where the rest of spec is valid, Hallpass writes");
    assertThat(refusal(approval("decision: Deny").replaceAll("(?s)stamp:.*Z\"\n +", "")))
        .contains("spec.stamp: Hallpass writes it at creation and did not");
  }

  /** The API server drops it, and so must not be let by for it. */
  @ParameterizedTest
  @CsvSource({"status: nonsense", "'status: {phase: Nonsense, endsAt: [1]}'"})
  void aStatusThatCannotBeReadKeepsNoStampAway(String status) {
    scene.request();
    scene.installWebhook("breakglasses.hallpass.dev");
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              var made = ada.resource(generic(glass("duration: 30m") + status)).dryRun().create();
              assertThat(made.<List<String>>get("spec", "digests")).doesNotContain(FORGED);
            });
  }

  @Test
  void aReviewThatCannotBeReadIsRefusedByTheSchema() {
    var opened =
        kube.client()
            .resource(Serialization.unmarshal(glass("duration: 30m"), BreakGlass.class))
            .inNamespace(kube.namespace())
            .create();
    installBreakGlass();

    for (var review :
        Map.of(
                "{\"outcome\":\"Perhaps\",\"comment\":\"it was right to do so\"}",
                "spec.review.outcome: Unsupported value",
                "\"fine\"",
                "spec.review")
            .entrySet()) {
      assertThatThrownBy(
              () ->
                  scene
                      .as("grace")
                      .resource(opened)
                      .patch(
                          PatchContext.of(PatchType.JSON_MERGE),
                          "{\"spec\":{\"review\":%s}}".formatted(review.getKey())))
          .hasMessageContaining(review.getValue())
          .hasMessageNotContaining("failed calling webhook");
    }
    kube.client().resource(opened).delete();
  }
}
