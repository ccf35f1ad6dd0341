package dev.hallpass.policy;

import dev.hallpass.api.v1alpha1.CredentialApproval;
import dev.hallpass.api.v1alpha1.CredentialApprovalSpec;
import dev.hallpass.api.v1alpha1.CredentialApprovalSpec.Decision;
import dev.hallpass.api.v1alpha1.CredentialApprovalSpec.Stamp;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.policy.ApprovalDecision.Given;
import dev.hallpass.policy.ApprovalDecision.Missing;
import dev.hallpass.policy.ApprovalDecision.Refused;
import dev.hallpass.policy.ApprovalDecision.Tally;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Counts approvals. One counts where it is stamped, speaks of what is asked now, covers this lease
 * or its workload, has not run out, and comes from somebody else than who asked; not where policy
 * or provider were made anew since. One person counts once, and one no ends it.
 */
public final class ApprovalDecider {
  /** Then a workload must be looked at again. */
  public static final Duration LONGEST = Duration.ofDays(30);

  /**
   * What approvals are counted for.
   *
   * @param request that asks
   * @param credential of it
   * @param podUid of the pod that it is for
   * @param lease that waits or lives; null where there is none yet
   * @param now the time
   */
  public record Subject(
      CredentialRequest request,
      RequestedCredential credential,
      String podUid,
      @Nullable CredentialLease lease,
      Instant now) {}

  private ApprovalDecider() {}

  /**
   * Decides.
   *
   * @param given all approvals of the request's namespace
   */
  public static ApprovalDecision decide(
      List<ApprovalDemand> demands, List<CredentialApproval> given, Subject subject) {
    var digest = Ask.digest(subject.request(), subject.credential());
    var counting =
        given.stream()
            .filter(a -> !a.isMarkedForDeletion())
            .filter(a -> covers(a, digest, subject))
            .toList();
    return demands.stream()
        .flatMap(demand -> refusal(demand, counting.stream().map(a -> a.getSpec())).stream())
        .findFirst()
        .orElseGet(() -> count(demands, counting, subject.request()));
  }

  private static ApprovalDecision count(
      List<ApprovalDemand> demands, List<CredentialApproval> given, CredentialRequest request) {
    var tallies = demands.stream().map(d -> tally(d, given, request)).toList();
    return tallies.stream().allMatch(Tally::enough) ? new Given(tallies) : new Missing(tallies);
  }

  private static Tally tally(
      ApprovalDemand demand, List<CredentialApproval> given, CredentialRequest request) {
    return new Tally(
        demand,
        given.stream()
            .filter(a -> !created(a).isBefore(demand.since()))
            .map(a -> a.getSpec())
            .filter(a -> a.decision() == Decision.Approve)
            .map(CredentialApprovalSpec::stamp)
            .filter(Objects::nonNull)
            .filter(speaksFor(demand))
            .filter(s -> OwnRequest.why(request, s.approver()).isEmpty())
            .map(s -> s.approver().username())
            .distinct()
            .sorted()
            .toList());
  }

  private static Optional<ApprovalDecision> refusal(
      ApprovalDemand demand, Stream<CredentialApprovalSpec> given) {
    return given
        .filter(a -> a.decision() == Decision.Deny)
        .filter(a -> a.stamp() != null && speaksFor(demand).test(a.stamp()))
        .findFirst()
        .map(a -> refused(demand, a, Objects.requireNonNull(a.stamp())));
  }

  private static Refused refused(ApprovalDemand demand, CredentialApprovalSpec no, Stamp stamp) {
    var who = stamp.approver().username();
    return new Refused(
        who,
        demand,
        "%s said no for CredentialPolicy %s%s"
            .formatted(who, demand.policy(), no.comment() == null ? "" : ": " + no.comment()));
  }

  private static Predicate<Stamp> speaksFor(ApprovalDemand demand) {
    return stamp -> stamp.policies().contains(demand.policy());
  }

  /** Relies on no webhook, but for the digest and the lease's UID, which only it can know. */
  private static boolean covers(CredentialApproval approval, String digest, Subject subject) {
    var spec = approval.getSpec();
    var stamp = spec.stamp();
    return stamp != null
        && stamp.digest().equals(digest)
        && stamp.leaseUid().equals(spec.leaseRef().uid())
        && switch (spec.scope()) {
          case Lease -> coversLease(stamp, subject);
          case Workload ->
              holdsStill(stamp, subject) && subject.now().isBefore(created(approval).plus(LONGEST));
        };
  }

  /** When the API server says that it was made, whatever its stamp says. */
  private static Instant created(CredentialApproval approval) {
    var created = approval.getMetadata().getCreationTimestamp();
    return created == null ? Instant.MIN : Instant.parse(created);
  }

  /** The lease itself, whose own maxLifetime ends it; or one that follows it in its time. */
  private static boolean coversLease(Stamp stamp, Subject subject) {
    var lease = subject.lease();
    return lease != null
        && stamp.podUid().equals(subject.podUid())
        && (stamp.leaseUid().equals(lease.getMetadata().getUid())
            || (lease.getSpec().replaces() != null && holdsStill(stamp, subject)));
  }

  private static boolean holdsStill(Stamp stamp, Subject subject) {
    return subject.now().isBefore(Instant.parse(stamp.until()));
  }
}
