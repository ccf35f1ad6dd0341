package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who holds what, and why. Written once, at creation. */
@JsonClassDescription(
    "Who holds what, and why, as it was decided. It never changes: a changed request or"
        + " provider ends the lease, and another follows.")
@ValidationRule(value = "self == oldSelf", message = "spec: a lease is immutable")
public record CredentialLeaseSpec(
    @Required @JsonPropertyDescription("The request it answers.") RequestRef requestRef,
    @Required @Size(max = 63) @JsonPropertyDescription("The credential's name in that request.")
        String credential,
    @Required @JsonPropertyDescription("The pod that holds it.") PodRef pod,
    @Required @JsonPropertyDescription("The provider that mints it.") ProviderRef providerRef,
    @Required
        @Size(max = 63)
        @JsonPropertyDescription("The provider's access level that was granted.")
        String access,
    @Required
        @Size(max = 32)
        @JsonPropertyDescription(
            "For how long each issue or renewal is valid, as the request asked for it, e.g. 15m.")
        String ttl,
    @Required
        @Size(max = 32)
        @JsonPropertyDescription(
            "For how long it can be renewed, counted from its creation, e.g. 24h.")
        String maxLifetime,
    @Required
        @JsonPropertyDescription(
            "Sidecar: renewed while the pod runs. Init: fetched once by the pod, and renewed by the"
                + " controller.")
        Delivery.Mode mode,
    @Required @Size(max = 253) @JsonPropertyDescription("The team that answers for it.")
        String owner,
    @Required @Size(max = 1024) @JsonPropertyDescription("Why it was asked for.") String purpose,
    @JsonPropertyDescription(
            "Where the pod held this credential before: the lease whose place it takes.")
        @Nullable Replaced replaces,
    @JsonPropertyDescription(
            "Where policies gave way to a break-glass: which one. The lease ends with it.")
        @Nullable BreakGlassRef breakGlass) {

  /** A break-glass of the lease's namespace. */
  public record BreakGlassRef(
      @Required @Size(max = 253) @JsonPropertyDescription("The BreakGlass's name.") String name,
      @Required
          @Size(max = 128)
          @JsonPropertyDescription("Its UID: a break-glass of the same name is another one.")
          String uid,
      @Required
          @JsonPropertyDescription("The policies that would have stood in the way, by their names.")
          List<@Size(max = 253) String> skippedPolicies) {}

  /** An older lease of the same pod and credential. */
  public record Replaced(
      @Required @Size(max = 253) @JsonPropertyDescription("The older lease's name.") String lease,
      @Required
          @Size(max = 32)
          @JsonPropertyDescription(
              "How long the older one stays valid once this one is active, e.g. 120s.")
          String overlap) {}

  /** A request of the lease's namespace. */
  public record RequestRef(
      @Required @Size(max = 253) @JsonPropertyDescription("The CredentialRequest's name.")
          String name,
      @Required
          @Size(max = 128)
          @JsonPropertyDescription("Its UID: a request of the same name is another request.")
          String uid) {}

  /** A pod of the lease's namespace. */
  public record PodRef(
      @Required @Size(max = 253) @JsonPropertyDescription("The pod's name.") String name,
      @Required
          @Size(max = 128)
          @JsonPropertyDescription("Its UID: a pod of the same name is another pod.")
          String uid,
      @Required
          @Size(max = 253)
          @JsonPropertyDescription("The service account it ran as when it proved itself.")
          String serviceAccountName,
      @Size(max = 253)
          @JsonPropertyDescription("The node it runs on; when that node is lost, the lease ends.")
          @Nullable String nodeName) {}
}
