package dev.hallpass.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.BreakGlassSpec;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.UserIdentity;
import dev.hallpass.policy.Ask;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Break-glasses go through a real API server, with the chart's webhook and admission policy. Ada,
 * Grace and Mallory may do everything with them in the namespace; Mallory has no right beyond it.
 */
@ExtendWith(KubeApi.class)
class BreakGlassStampIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String REVIEW =
      """
      {"spec":{"review":{"outcome":"Justified","comment":"it was right to do so","reviewedBy":{"username":"%s"}}}}""";

  private KubeApi kube;
  private StampScene scene;
  private KubernetesClient ada;
  private KubernetesClient grace;
  private KubernetesClient mallory;

  @BeforeEach
  void install(KubeApi api) throws IOException, GeneralSecurityException {
    kube = api;
    scene = StampScene.start(kube);
    ada = scene.as("ada", "people");
    grace = scene.as("grace", "people");
    mallory = scene.as("mallory", "people");
    scene.request();
    scene.installBreakGlass();
    // The API server learns of both by a watch.
    await().atMost(SOON).until(() -> works() && holdsWithoutTheWebhook());
  }

  private boolean works() {
    try {
      ada.resource(glass("probe", "30m", "ada")).dryRun().create();
      return true;
    } catch (KubernetesClientException e) {
      return false;
    }
  }

  /** A user whom the webhook lets be anybody would be refused by the policy alone. */
  private boolean holdsWithoutTheWebhook() {
    var unstamped = glass("probe", "30m", "heidi");
    unstamped.getMetadata().setLabels(Map.of("skip", "webhook"));
    try {
      ada.resource(unstamped).dryRun().create();
      return false;
    } catch (KubernetesClientException e) {
      return e.getMessage().contains("spec.openedBy: must be who makes the break-glass");
    }
  }

  @AfterEach
  void remove() {
    scene.close();
    for (var left :
        kube.client().resources(BreakGlass.class).inNamespace(kube.namespace()).list().getItems()) {
      await()
          .atMost(SOON)
          .ignoreExceptions()
          .until(
              () -> {
                patch(kube.client(), left, "{\"metadata\":{\"finalizers\":null}}");
                return true;
              });
      kube.client().resource(left).delete();
    }
  }

  private BreakGlass glass(String name, String duration, String openedBy) {
    return Serialization.unmarshal(
        """
        metadata: {name: %s, namespace: %s}
        spec:
          requestRef: {name: orders-db}
          credential: db
          justification: the approvers are out and orders cannot be shipped
          incident: INC-7
          duration: %s
          openedBy: {username: %s, groups: [admins]}
          digests: ["sha256:7777777777777777777777777777777777777777777777777777777777777777"]
        """
            .formatted(name, kube.namespace(), duration, openedBy),
        BreakGlass.class);
  }

  private static BreakGlassSpec openedByThePeople(BreakGlassSpec spec, String user) {
    return new BreakGlassSpec(
        spec.workload(),
        spec.requestRef(),
        spec.credential(),
        spec.justification(),
        spec.incident(),
        spec.duration(),
        new UserIdentity(user, null, List.of("system:authenticated", "people")),
        spec.digests(),
        null);
  }

  private BreakGlass now(BreakGlass glass) {
    return kube.client().resource(glass).get();
  }

  private static void patch(KubernetesClient client, BreakGlass glass, String change) {
    client.resource(glass).patch(PatchContext.of(PatchType.JSON_MERGE), change);
  }

  @Test
  void whoOpenedItIsWhoTheApiServerSays() {
    var opened = ada.resource(glass("inc-7", "30m", "heidi")).create();

    assertThat(opened.getSpec().openedBy().username()).isEqualTo("ada");
    assertThat(opened.getSpec().openedBy().groups()).contains("people").doesNotContain("admins");
    assertThat(opened.getMetadata().getFinalizers()).containsExactly("hallpass.dev/review");
  }

  @Test
  void whatItOpensIsWhatTheRequestAsksForNow() {
    var request =
        kube.client()
            .resources(CredentialRequest.class)
            .inNamespace(kube.namespace())
            .withName("orders-db")
            .get();

    var opened = ada.resource(glass("inc-7", "30m", "ada")).create();

    assertThat(opened.getSpec().digests())
        .containsExactly(Ask.digest(request, request.getSpec().credentials().getFirst()));
    assertThatThrownBy(() -> patch(ada, opened, "{\"spec\":{\"digests\":null}}"))
        .hasMessageContaining("a break-glass does not change");
  }

  @Test
  void whoeverMayDoEverythingInANamespaceOpensAndReviewsNothing() {
    assertThatThrownBy(() -> mallory.resource(glass("inc-8", "30m", "mallory")).create())
        .hasMessageContaining("mallory may not break-glass");
    var opened = ada.resource(glass("inc-7", "30m", "ada")).create();
    ada.resource(opened).delete();
    assertThatThrownBy(() -> patch(mallory, opened, REVIEW.formatted("mallory")))
        .hasMessageContaining("mallory may not review");
  }

  @Test
  void withoutTheWebhookNeither() {
    var forged = glass("inc-8", "30m", "mallory");
    forged.getMetadata().setLabels(Map.of("skip", "webhook"));
    forged.setSpec(openedByThePeople(forged.getSpec(), "mallory"));
    assertThatThrownBy(() -> mallory.resource(forged).create())
        .hasMessageContaining("must have the verb break-glass on credentialpolicies");
    var opened = ada.resource(glass("inc-7", "30m", "ada")).create();
    patch(ada, opened, "{\"metadata\":{\"labels\":{\"skip\":\"webhook\"}}}");
    ada.resource(opened).delete();
    assertThatThrownBy(() -> patch(mallory, opened, REVIEW.formatted("mallory")))
        .hasMessageContaining("must have the verb review on credentialpolicies");
  }

  @Test
  void aDurationAboveTheCapIsRefusedByName() {
    assertThatThrownBy(() -> ada.resource(glass("inc-7", "2h", "ada")).create())
        .hasMessageContaining("spec.duration: is 2h, and this Hallpass allows 1h at most");
  }

  @Test
  void nobodyReviewsWhatTheyOpenedNorInAnothersName() {
    var opened = ada.resource(glass("inc-7", "30m", "ada")).create();
    assertThatThrownBy(() -> patch(grace, opened, REVIEW.formatted("grace")))
        .hasMessageContaining("spec.review: it is open until");
    ada.resource(opened).delete();

    assertThatThrownBy(() -> patch(ada, opened, REVIEW.formatted("grace")))
        .hasMessageContaining("spec.review: ada opened it; somebody else must review it");
    patch(grace, opened, REVIEW.formatted("heidi"));

    var review = now(opened).getSpec().review();
    assertThat(review.reviewedBy().username()).isEqualTo("grace");
    assertThat(Duration.between(Instant.parse(review.reviewedAt()), Instant.now()))
        .isLessThan(SOON);
  }

  @Test
  void whoeverTakesTheFinalizerAwayFindsItThereAgain() {
    var opened = ada.resource(glass("inc-7", "30m", "ada")).create();
    ada.resource(opened).delete();

    patch(ada, opened, "{\"metadata\":{\"finalizers\":null}}");

    assertThat(now(opened).getMetadata().getFinalizers()).containsExactly("hallpass.dev/review");
  }

  @Test
  void theNextWaitsForTheReviewOfTheLast() {
    var opened = ada.resource(glass("inc-7", "30m", "ada")).create();
    ada.resource(opened).delete();

    assertThatThrownBy(() -> ada.resource(glass("inc-8", "30m", "ada")).create())
        .hasMessageContaining("1 break-glasses of this namespace have ended")
        .hasMessageContaining("inc-7");

    patch(grace, opened, REVIEW.formatted("grace"));
    assertThat(ada.resource(glass("inc-8", "30m", "ada")).create()).isNotNull();
  }

  @Test
  void withoutTheWebhookNothingCanBeForgedEither() {
    var opened = ada.resource(glass("inc-7", "30m", "ada")).create();
    patch(ada, opened, "{\"metadata\":{\"labels\":{\"skip\":\"webhook\"}}}");
    ada.resource(opened).delete();

    assertThatThrownBy(() -> patch(ada, opened, REVIEW.formatted("grace")))
        .hasMessageContaining("spec.review.reviewedBy: must be who reviews");
    assertThatThrownBy(() -> patch(ada, opened, REVIEW.formatted("ada")))
        .hasMessageContaining("spec.review: is made by somebody else than who opened it");
    assertThatThrownBy(() -> patch(ada, opened, "{\"metadata\":{\"finalizers\":null}}"))
        .hasMessageContaining("hallpass.dev/review stays until the break-glass is reviewed");
  }
}
