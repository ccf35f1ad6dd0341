package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a break-glass stands. Instants are RFC 3339 in UTC. */
@JsonClassDescription("How the break-glass stands.")
public record BreakGlassStatus(
    @JsonPropertyDescription("The generation these values were computed from.")
        @Nullable Long observedGeneration,
    @Required
        @JsonPropertyDescription(
            "Open: policies give way. Ended: they do not any more, and it waits for its review."
                + " Reviewed: somebody else has reviewed it.")
        Phase phase,
    @Required
        @JsonPropertyDescription("Until when it is, or was, open: its duration, or its deletion.")
        String endsAt,
    @JsonPropertyDescription("Leases that were issued under it and are not yet revoked.")
        @Nullable Integer leases,
    @JsonPropertyDescription("Since when it waits for its review.")
        @Nullable String unreviewedSince,
    @JsonPropertyDescription(
            "Reviewed: somebody else has reviewed it. While it is False, its message says for how"
                + " long.")
        @Nullable List<Condition> conditions) {

  /** Phases, spelt as in manifests. */
  public enum Phase {
    Open,
    Ended,
    Reviewed
  }
}
