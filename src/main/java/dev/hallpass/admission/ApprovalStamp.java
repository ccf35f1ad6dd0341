package dev.hallpass.admission;

import static dev.hallpass.wire.Reason.ApprovalInvalid;
import static dev.hallpass.wire.Reason.ApprovalOfOwnRequest;
import static dev.hallpass.wire.Reason.ApproverNotAllowed;
import static dev.hallpass.wire.Reason.NothingToApprove;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hallpass.admission.Stamping.Refused;
import dev.hallpass.admission.Stamping.Stamped;
import dev.hallpass.api.v1alpha1.CredentialApprovalSpec;
import dev.hallpass.api.v1alpha1.CredentialApprovalSpec.Decision;
import dev.hallpass.api.v1alpha1.CredentialApprovalSpec.Scope;
import dev.hallpass.api.v1alpha1.CredentialApprovalSpec.Stamp;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.Approval;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.Demand;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.policy.ApprovalDecider;
import dev.hallpass.policy.Ask;
import dev.hallpass.policy.Durations;
import dev.hallpass.policy.OwnRequest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Decides who may approve or deny what, and what is written down of them. Pure. */
final class ApprovalStamp {
  private static final Duration LONGEST = ApprovalDecider.LONGEST;

  /** As many as a stamp names. */
  private static final int POLICIES = 8;

  /** About as many as the API server is asked for, one after another, while it waits. */
  private static final int QUESTIONS = 32;

  /**
   * What a decision rests on, as the API server has it now.
   *
   * @param asked what somebody makes
   * @param who makes it
   * @param lease of the name that they give, in their namespace; null where there is none
   * @param request that the lease answers; null where it is gone
   * @param now the time
   */
  record Input(
      CredentialApprovalSpec asked,
      Requester who,
      @Nullable CredentialLease lease,
      @Nullable CredentialRequest request,
      Instant now) {}

  private ApprovalStamp() {}

  /** One that cannot be read: without a stamp, which the schema demands, nothing comes of it. */
  static Stamping leaveToSchema(JsonNode object) {
    var patch = new JsonPatch();
    if (object.path("spec").has("stamp")) {
      patch.remove("/spec/stamp");
    }
    return new Stamped(patch.operations());
  }

  /**
   * Decides.
   *
   * @param may for which policies they may approve
   */
  static Stamping decide(Input in, Predicate<String> may) {
    var name = in.asked().leaseRef().name();
    var lease = in.lease();
    var approval = lease == null ? null : asks(lease);
    if (lease == null || approval == null) {
      return new Refused(
          NothingToApprove,
          "spec.leaseRef.name: no lease %s of this namespace asks for approval".formatted(name));
    }
    if (!lease.getMetadata().getUid().equals(in.asked().leaseRef().uid())) {
      return new Refused(
          NothingToApprove,
          "spec.leaseRef.uid: lease %s is another one now; look at what it asks for, and give its metadata.uid"
              .formatted(name));
    }
    var request = in.request();
    if (request == null || !approval.digest().equals(digest(request, lease))) {
      return new Refused(
          NothingToApprove,
          "spec.leaseRef.name: CredentialRequest %s has changed since lease %s asked; look at the lease that follows"
              .formatted(lease.getSpec().requestRef().name(), name));
    }
    var own = OwnRequest.why(request, in.who().identity());
    if (in.asked().decision() == Decision.Approve && own.isPresent()) {
      return new Refused(ApprovalOfOwnRequest, own.get() + "; somebody else must approve it");
    }
    return policies(in, lease, approval, may);
  }

  private static Stamping policies(
      Input in, CredentialLease lease, Approval approval, Predicate<String> may) {
    var asking =
        approval.policies().stream()
            .sorted(Comparator.comparing(d -> served(d, in.who())))
            .map(Demand::name)
            .limit(QUESTIONS)
            .toList();
    var allowed = asking.stream().filter(may).limit(POLICIES).toList();
    return allowed.isEmpty()
        ? new Refused(
            ApproverNotAllowed,
            "%s has the verb approve on none of the CredentialPolicies that lease %s waits for: %s"
                .formatted(
                    in.who().username(), lease.getMetadata().getName(), String.join(", ", asking)))
        : stamp(in, lease, approval, allowed);
  }

  /** First those that another yes of this approver helps. */
  private static boolean served(Demand demand, Requester who) {
    return demand.given() >= demand.needed()
        || (demand.approvedBy() != null && demand.approvedBy().contains(who.username()));
  }

  private static Stamping stamp(
      Input in, CredentialLease lease, Approval approval, List<String> policies) {
    var until =
        in.asked().scope() == Scope.Workload
            ? until(in)
            : Optional.of(in.now().plus(Durations.parse(lease.getSpec().maxLifetime())));
    return until
        .<Stamping>map(
            end ->
                stamped(
                    new Stamp(
                        in.who().identity(),
                        text(in.now()),
                        policies,
                        lease.getMetadata().getUid(),
                        lease.getSpec().pod().uid(),
                        approval.digest(),
                        text(end))))
        .orElseGet(
            () ->
                new Refused(
                    ApprovalInvalid,
                    "spec.until: give a time (RFC 3339) after now, and at most %d days from now"
                        .formatted(LONGEST.toDays())));
  }

  private static Stamped stamped(Stamp stamp) {
    var patch = new JsonPatch();
    patch.add("/spec/stamp", stamp);
    return new Stamped(patch.operations());
  }

  /** Where the manifest gives a time that is neither past nor too far away. */
  private static Optional<Instant> until(Input in) {
    try {
      return Optional.ofNullable(in.asked().until())
          .map(text -> OffsetDateTime.parse(text).toInstant())
          .filter(end -> end.isAfter(in.now()) && !end.isAfter(in.now().plus(LONGEST)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** What a lease asks, where it waits, or has been approved and lives. */
  private static @Nullable Approval asks(CredentialLease lease) {
    return switch (LeaseJudge.phase(lease)) {
      case AwaitingApproval, Pending, Active ->
          lease.getStatus() == null || lease.isMarkedForDeletion()
              ? null
              : lease.getStatus().approval();
      case Revoking, Revoked, Denied -> null;
    };
  }

  private static @Nullable String digest(CredentialRequest request, CredentialLease lease) {
    return request.getSpec().credentials().stream()
        .filter(c -> c.name().equals(lease.getSpec().credential()))
        .findFirst()
        .map(c -> Ask.digest(request, c))
        .orElse(null);
  }

  private static String text(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
