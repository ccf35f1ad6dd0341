package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.Workload;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is overridden, for how long, why, by whom, and what became of it. */
@JsonClassDescription("What is overridden, for how long, why, by whom, and the review of it.")
@ValidationRule(
    value = "has(self.workload) != has(self.requestRef)",
    message = "spec: give workload or requestRef, one of them")
@ValidationRule(
    value =
        "has(self.workload) == has(oldSelf.workload) && (!has(self.workload) || self.workload =="
            + " oldSelf.workload) && has(self.requestRef) == has(oldSelf.requestRef) &&"
            + " (!has(self.requestRef) || self.requestRef == oldSelf.requestRef) &&"
            + " self.credential == oldSelf.credential && self.justification =="
            + " oldSelf.justification && self.incident == oldSelf.incident && self.duration =="
            + " oldSelf.duration && has(self.openedBy) == has(oldSelf.openedBy) &&"
            + " (!has(self.openedBy) || self.openedBy == oldSelf.openedBy) &&"
            + " has(self.digests) == has(oldSelf.digests) &&"
            + " (!has(self.digests) || self.digests == oldSelf.digests)",
    message = "spec: a break-glass does not change; review is all that can be added to it")
@ValidationRule(
    value = "!has(oldSelf.review) || (has(self.review) && self.review == oldSelf.review)",
    message = "spec.review: is made once, and does not change")
@ValidationRule(
    value = "has(self.openedBy)",
    message =
        "spec.openedBy: Hallpass writes it at creation and did not; see whether its"
            + " MutatingWebhookConfiguration is installed")
@ValidationRule(
    value = "has(self.digests)",
    message =
        "spec.digests: Hallpass writes it at creation and did not; see whether its"
            + " MutatingWebhookConfiguration is installed")
@ValidationRule(
    value =
        "!has(self.review) || !has(self.openedBy) || (has(self.review.reviewedBy) &&"
            + " self.review.reviewedBy.username != self.openedBy.username)",
    message = "spec.review: is made by somebody else than who opened it")
public record BreakGlassSpec(
    @JsonPropertyDescription(
            "The pods it is for: those of this service account that carry these labels.")
        @Nullable Workload workload,
    @JsonPropertyDescription("Instead of workload: the pods that a CredentialRequest selects.")
        @Nullable RequestRef requestRef,
    @Required
        @Size(min = 1, max = 63)
        @ValidationRule(
            value = HallpassApi.LABEL_FORM,
            message = "credential" + HallpassApi.LABEL_WANTED)
        @JsonPropertyDescription(
            "The credential it is for, by its name in the request; no other is affected.")
        String credential,
    @Required
        @Size(min = 20, max = 2048)
        @JsonPropertyDescription(
            "Why policy must give way, in words that the reviewer understands; 20 characters at"
                + " least. It is shown in Events and sent to the receiver of notifications: no"
                + " secrets here.")
        String justification,
    @Required
        @Size(min = 1, max = 253)
        @JsonPropertyDescription("The incident it belongs to, e.g. INC-4711 or a link.")
        String incident,
    @Required
        @Size(max = 32)
        @ValidationRule(
            value = HallpassApi.DURATION_FORM,
            message = "duration: write hours, minutes or seconds, e.g. 30m")
        @ValidationRule(
            value =
                "!"
                    + HallpassApi.DURATION_FORM
                    + " || (duration(self) >= duration('1m')"
                    + " && duration(self) <= duration('4h'))",
            message = "duration: must be between 1m and 4h")
        @JsonPropertyDescription(
            "How long it is open, counted from its creation, e.g. 30m. From 1m to 4h; the chart's"
                + " breakGlass.maxDuration may allow less.")
        String duration,
    @JsonPropertyDescription(
            "Who opened it. Written by Hallpass at creation; what a manifest says here is"
                + " replaced.")
        @Nullable UserIdentity openedBy,
    @Size(min = 1, max = BreakGlassSpec.MOST_REQUESTS)
        @ValidationRule(
            value = "self.all(d, d.matches('^sha256:[0-9a-f]{64}$'))",
            message =
                "digests: leave them out; where the rest of spec is valid, Hallpass writes sha256:"
                    + " and 64 hex digits for each request")
        @JsonPropertyDescription(
            "What it opens: a digest of what each request that it concerns asked for when it was"
                + " opened. A request that changes is no longer under it. Written by Hallpass at"
                + " creation; what a manifest says here is replaced.")
        @Nullable List<@Size(max = 71) String> digests,
    @JsonPropertyDescription(
            "Whether it was right, as somebody else than the opener sees it; added once, after its"
                + " end.")
        @Nullable Review review) {

  /** So many requests at most does one concern. */
  public static final int MOST_REQUESTS = 64;

  /** The digests; none where admission wrote none. */
  public List<String> digestsOrNone() {
    return digests == null ? List.of() : digests;
  }

  /** A request of the break-glass's namespace. */
  public record RequestRef(
      @Required
          @Size(min = 1, max = 253)
          @ValidationRule(
              value = HallpassApi.NAME_FORM,
              message = "requestRef.name" + HallpassApi.NAME_WANTED)
          @JsonPropertyDescription("The CredentialRequest's name.")
          String name) {}

  /** What somebody else thinks of it. */
  public record Review(
      @Required
          @JsonPropertyDescription(
              "Justified: it was right. FollowUp: it was right, and something must change so that"
                  + " it is not needed again. Unjustified: it was not.")
          Outcome outcome,
      @Required
          @Size(min = 10, max = 2048)
          @JsonPropertyDescription(
              "What was found, and what follows from it; 10 characters at least.")
          String comment,
      @JsonPropertyDescription(
              "Who reviewed it. Written by Hallpass; what a manifest says here is replaced.")
          @Nullable UserIdentity reviewedBy,
      @JsonPropertyDescription("When (RFC 3339). Written by Hallpass likewise.")
          @Nullable String reviewedAt) {}

  /** What a review comes to. */
  public enum Outcome {
    Justified,
    FollowUp,
    Unjustified
  }
}
