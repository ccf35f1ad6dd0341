package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the controller last saw of a request. */
@JsonClassDescription("What Hallpass last saw of the request and of the pods it selects.")
public record CredentialRequestStatus(
    @JsonPropertyDescription("The generation these values were computed from.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription("Live pods that the request selects.") @Nullable Integer pods,
    @JsonPropertyDescription("Of these, the ones that were injected at their creation.")
        @Nullable Integer injected,
    @JsonPropertyDescription(
            "Of the injected, the ones whose agent starts, or asks for a credential.")
        @Nullable Integer waiting,
    @JsonPropertyDescription(
            "Of the injected, the ones whose agent cannot run, or has been without a credential for"
                + " over a minute; kubectl describe pod says why.")
        @Nullable Integer failing,
    @JsonPropertyDescription("Leases that are not yet revoked.") @Nullable Integer leases,
    @JsonPropertyDescription(
            "Ready: request and providers would allow every credential now; policies are asked for"
                + " each pod. PodsInjected: every selected pod was injected at its creation, and"
                + " further ones will be. PodsServed: there are such pods, and each has its"
                + " credentials; the reason says why one has not.")
        @Nullable List<Condition> conditions) {}
