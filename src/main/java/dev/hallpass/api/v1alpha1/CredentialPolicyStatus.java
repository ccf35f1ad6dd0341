package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether a policy can be evaluated. */
@JsonClassDescription("Whether the policy can be evaluated.")
public record CredentialPolicyStatus(
    @JsonPropertyDescription("The generation these values were computed from.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription(
            "Ready: every expression compiles. While one does not, what the policy matches is denied.")
        @Nullable List<Condition> conditions) {}
