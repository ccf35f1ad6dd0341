package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the controller last saw of a provider. */
@JsonClassDescription("What Hallpass last saw of the target.")
public record CredentialProviderStatus(
    @JsonPropertyDescription("The generation these values were computed from.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription("The target as it was reached, e.g. postgresql://host:5432/db.")
        @Nullable String target,
    @JsonPropertyDescription("Leases that are not yet revoked.") @Nullable Integer leases,
    @JsonPropertyDescription("Ready: the target was reached and the admin role suffices.")
        @Nullable List<Condition> conditions) {}
