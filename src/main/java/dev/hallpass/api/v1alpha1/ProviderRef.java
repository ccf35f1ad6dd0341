package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** Names a provider: one of the request's own namespace, or one of the cluster. */
public record ProviderRef(
    @Required
        @JsonPropertyDescription(
            "CredentialProvider: one of the request's own namespace. ClusterCredentialProvider:"
                + " one of the cluster, which must allow the namespace.")
        Kind kind,
    @Required
        @Size(min = 1, max = 253)
        @ValidationRule(
            value = HallpassApi.NAME_FORM,
            message = "the provider's name" + HallpassApi.NAME_WANTED)
        @JsonPropertyDescription("The provider's name.")
        String name) {

  /** The kinds of provider, spelt as in manifests. */
  public enum Kind {
    CredentialProvider,
    ClusterCredentialProvider
  }

  @Override
  public String toString() {
    return kind + "/" + name;
  }
}
