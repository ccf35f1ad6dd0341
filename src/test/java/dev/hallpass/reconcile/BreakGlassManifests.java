package dev.hallpass.reconcile;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.BreakGlassSpec;
import dev.hallpass.api.v1alpha1.BreakGlassSpec.Outcome;
import dev.hallpass.api.v1alpha1.BreakGlassSpec.RequestRef;
import dev.hallpass.api.v1alpha1.BreakGlassSpec.Review;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.UserIdentity;
import dev.hallpass.policy.Ask;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Break-glasses as admission leaves them. */
final class BreakGlassManifests {
  private BreakGlassManifests() {}

  /** One whose content no test looks at. */
  static BreakGlass of(String namespace, String name) {
    return of(namespace, name, "sha256:" + "7".repeat(64));
  }

  /** Opened by ada for an hour, for the credential db of the request orders-db as it is now. */
  static BreakGlass of(CredentialRequest request, String name) {
    return of(
        request.getMetadata().getNamespace(),
        name,
        Ask.digest(request, request.getSpec().credentials().getFirst()));
  }

  private static BreakGlass of(String namespace, String name, String digest) {
    var breakGlass = new BreakGlass();
    breakGlass.setMetadata(
        new ObjectMetaBuilder()
            .withName(name)
            .withNamespace(namespace)
            .withFinalizers("hallpass.dev/review")
            .build());
    breakGlass.setSpec(
        new BreakGlassSpec(
            null,
            new RequestRef("orders-db"),
            "db",
            "the approvers are out and orders cannot be shipped",
            "INC-7",
            "1h",
            new UserIdentity("ada", null, List.of("on-call")),
            List.of(digest),
            null));
    return breakGlass;
  }

  /** Has grace review it. */
  static void review(KubernetesClient client, BreakGlass breakGlass) {
    var review =
        new Review(
            Outcome.Justified,
            "it was right to do so",
            new UserIdentity("grace", null, null),
            Instant.now().toString());
    client
        .resource(breakGlass)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            Serialization.asJson(Map.of("spec", Map.of("review", review))));
  }
}
