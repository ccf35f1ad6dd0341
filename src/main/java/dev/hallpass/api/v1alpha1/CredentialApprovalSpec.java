package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was decided, by whom, and about what. */
@JsonClassDescription("What was decided, by whom, and about what.")
@ValidationRule(value = "self == oldSelf", message = "spec: an approval is immutable; make another")
@ValidationRule(
    value = "(self.scope == 'Workload') == has(self.until)",
    message = "spec.until: give it with scope Workload, and with no other")
@ValidationRule(
    value = "has(self.stamp)",
    message =
        "spec.stamp: Hallpass writes it at creation and did not; see whether its"
            + " MutatingWebhookConfiguration is installed")
public record CredentialApprovalSpec(
    @Required @JsonPropertyDescription("The lease that waits.") LeaseRef leaseRef,
    @Required
        @JsonPropertyDescription(
            "Approve: one yes of those that policies ask for. Deny: a no, which ends the lease"
                + " whatever others say.")
        Decision decision,
    @Default("Lease")
        @JsonPropertyDescription(
            "Lease: this pod's hold on this credential, for the lease's maxLifetime. Workload: all"
                + " pods that the same request selects, until a time.")
        Scope scope,
    @Size(max = 64)
        @ValidationRule(
            value =
                "self.matches('^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
                    + "([.][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$')",
            message = "until: write a date and a time as RFC 3339 does, e.g. 2026-05-01T18:00:00Z")
        @JsonPropertyDescription(
            "With scope Workload: until when (RFC 3339), at most 30 days from now, e.g."
                + " 2026-05-01T18:00:00Z.")
        @Nullable String until,
    @Size(max = 1024) @JsonPropertyDescription("Why, for whoever reads it later.")
        @Nullable String comment,
    @JsonPropertyDescription(
            "Who decided, when, and about what. Written by Hallpass at creation; what a manifest"
                + " says here is replaced.")
        @Nullable Stamp stamp) {

  /** Yes or no. */
  public enum Decision {
    Approve,
    Deny
  }

  /** For how much it holds. */
  public enum Scope {
    Lease,
    Workload
  }

  /** A lease of the approval's namespace, and no other that takes its name. */
  public record LeaseRef(
      @Required
          @Size(min = 1, max = 253)
          @ValidationRule(
              value = HallpassApi.NAME_FORM,
              message = "leaseRef.name" + HallpassApi.NAME_WANTED)
          @JsonPropertyDescription("The CredentialLease's name.")
          String name,
      @Required
          @Size(min = 1, max = 64)
          @JsonPropertyDescription(
              "Its metadata.uid, of the lease that the approver has read: a name comes back where a"
                  + " lease is deleted and asked for again, and the UID does not.")
          String uid) {}

  /** What admission knew when the approval was made. */
  public record Stamp(
      @Required @JsonPropertyDescription("Who made it, as the API server knows them.")
          UserIdentity approver,
      @Required @JsonPropertyDescription("When (RFC 3339).") String time,
      @Required
          @Size(min = 1, max = 8)
          @JsonPropertyDescription(
              "The policies that it counts for: the lease waits for them, and the approver has the"
                  + " RBAC verb approve on each.")
          List<String> policies,
      @Required
          @JsonPropertyDescription(
              "The UID of the lease: one of the same name that follows is another lease.")
          String leaseUid,
      @Required @JsonPropertyDescription("The UID of the lease's pod.") String podUid,
      @Required
          @JsonPropertyDescription(
              "What the lease asks for, as in its status.approval.digest: a changed request has"
                  + " another one.")
          String digest,
      @Required
          @JsonPropertyDescription(
              "Until when it holds: spec.until, or with scope Lease the lease's maxLifetime from"
                  + " then on.")
          String until) {}
}
