package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** Who holds what, and why. Written once, at creation. */
@ValidationRule(value = "self == oldSelf", message = "spec: a lease is immutable")
public record CredentialLeaseSpec(
    @Required @JsonPropertyDescription("The request it answers.") RequestRef requestRef,
    @Required @JsonPropertyDescription("The credential's name in that request.") String credential,
    @Required @JsonPropertyDescription("The pod that holds it.") PodRef pod,
    @Required @JsonPropertyDescription("The provider that mints it.") ProviderRef providerRef,
    @Required @JsonPropertyDescription("The access level granted.") String access,
    @Required @JsonPropertyDescription("Validity from each issue or renewal.") String ttl,
    @Required @JsonPropertyDescription("Validity in all, renewals included.") String maxLifetime,
    @Required @JsonPropertyDescription("How it is delivered.") Delivery.Mode mode,
    @Required @JsonPropertyDescription("The team that answers for it.") String owner,
    @Required @JsonPropertyDescription("Why it was asked for.") String purpose) {

  /** A request of the lease's namespace. */
  public record RequestRef(@Required String name, @Required String uid) {}

  /** A pod of the lease's namespace. */
  public record PodRef(
      @Required String name,
      @Required String uid,
      @Required String serviceAccountName,
      @Nullable String nodeName) {}
}
