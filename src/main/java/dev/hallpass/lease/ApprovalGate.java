package dev.hallpass.lease;

import static dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase.AwaitingApproval;
import static dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase.Denied;
import static dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase.Pending;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.Approval;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.Demand;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.kube.Conditions;
import dev.hallpass.policy.ApprovalDecision.Given;
import dev.hallpass.policy.ApprovalDecision.Missing;
import dev.hallpass.policy.ApprovalDecision.Refused;
import dev.hallpass.policy.ApprovalDecision.Tally;
import dev.hallpass.policy.Ask;
import dev.hallpass.provider.Subject;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Holds leases back until the people whom policies ask have said yes. Nothing is minted for a lease
 * that waits, so that it can end without a word to the target. It asks for one thing: where the
 * request has changed, it ends, and another asks.
 */
final class ApprovalGate {
  private final LeaseStore store;
  private final ApprovalNews news;
  private final Function<CredentialLease, Subject> subjects;
  private final Clock clock;

  ApprovalGate(
      LeaseStore store,
      ApprovalNews news,
      Function<CredentialLease, Subject> subjects,
      Clock clock) {
    this.store = store;
    this.news = news;
    this.subjects = subjects;
    this.clock = clock;
  }

  /**
   * Whether it depends on the lease that is issued under, if there is one, whether people must be
   * asked. Spares a lease that somebody has already said no to.
   *
   * @throws RefusedException where somebody did
   */
  boolean asks(Claim claim) {
    return switch (claim.approval(null, clock.instant())) {
      case Given given -> false;
      case Missing missing -> true;
      case Refused refused -> throw refused(refused);
    };
  }

  /**
   * The lease, where it may be minted; one that waited and is approved now goes on as Pending.
   *
   * @param lease one that waits, that was made by this very call, or that has passed before
   * @throws RefusedException where it waits, or somebody said no
   */
  CredentialLease pass(Claim claim, CredentialLease lease) {
    return switch (claim.approval(lease, clock.instant())) {
      case Given(var tallies) when waits(lease) -> proceed(claim, lease, tallies);
      case Given given -> lease;
      case Missing missing -> throw await(claim, lease, missing);
      case Refused refused -> throw refused(refused);
    };
  }

  /**
   * What a lease that is used has on record.
   *
   * @throws RefusedException where it may not be used, or not any more
   */
  @Nullable Approval require(Claim claim, CredentialLease lease) {
    return switch (claim.approval(lease, clock.instant())) {
      case Given given when waits(lease) ->
          throw new RefusedException(Reason.ApprovalAwaited, "the lease is not issued yet");
      case Given(var tallies) -> recorded(claim, lease, tallies);
      case Missing missing ->
          throw new RefusedException(Reason.ApprovalAwaited, missing.sentence());
      case Refused refused -> throw refused(refused);
    };
  }

  /**
   * Whether a lease that has passed lacks a yes that it had, or that nobody asked for then.
   *
   * @throws RefusedException where somebody said no
   */
  static boolean lacks(Claim claim, CredentialLease lease, Instant now) {
    return switch (claim.approval(lease, now)) {
      case Given given -> false;
      case Missing missing -> true;
      case Refused refused -> throw refused(refused);
    };
  }

  /**
   * A denial stands for as long as its lease can be read.
   *
   * @param newest of the pod's leases for this credential
   * @throws RefusedException where it was denied, and nothing has changed since
   */
  void requireUndenied(Claim claim, CredentialLease newest) {
    var status = newest.getStatus();
    var approval = status == null ? null : status.approval();
    if (LeaseJudge.phase(newest) != Denied
        || newest.isMarkedForDeletion()
        || approval == null
        || !approval.digest().equals(digest(claim))
        || claim.approval(null, clock.instant()) instanceof Given) {
      return;
    }
    var by = status.endedBy();
    if (by == EndedBy.ApprovalDenied || by == EndedBy.ApprovalTimedOut) {
      throw new RefusedException(
          by == EndedBy.ApprovalDenied ? Reason.ApprovalDenied : Reason.ApprovalTimedOut,
          "lease %s was denied: %s"
              .formatted(
                  newest.getMetadata().getName(),
                  Conditions.find(status.conditions(), Conditions.ACTIVE)
                      .map(Condition::getMessage)
                      .orElse(by.name())));
    }
  }

  /** Whether nothing may be minted for the lease yet. */
  static boolean waits(CredentialLease lease) {
    return LeaseJudge.phase(lease) == AwaitingApproval;
  }

  /** Whether nobody has written to it since it was made: each issue leaves its epoch. */
  private static boolean fresh(CredentialLease lease) {
    var status = lease.getStatus();
    return status == null
        || (LeaseJudge.phase(lease) == Pending
            && status.epoch() == null
            && status.conditions() == null);
  }

  private CredentialLease proceed(Claim claim, CredentialLease lease, List<Tally> tallies) {
    var asked = requireSameAsk(claim, lease);
    var now = clock.instant();
    var approval =
        new Approval(
            demands(tallies),
            asked.digest(),
            asked.deadline(),
            now.truncatedTo(ChronoUnit.SECONDS).toString());
    var approved =
        write(lease, LeaseStatuses.approved(lease, subjects.apply(lease), approval, now));
    news.given(claim, approved, tallies);
    return approved;
  }

  private RefusedException await(Claim claim, CredentialLease lease, Missing missing) {
    if (!waits(lease) && !fresh(lease)) {
      // It may be minted already, and so cannot wait.
      return new RefusedException(Reason.ApprovalAwaited, missing.sentence());
    }
    var known = waits(lease) ? requireSameAsk(claim, lease) : null;
    var approval =
        new Approval(
            demands(missing.tallies()),
            digest(claim),
            known == null ? deadline(missing) : known.deadline(),
            null);
    if (!approval.equals(known)) {
      var waiting = write(lease, LeaseStatuses.awaiting(lease, approval, clock.instant()));
      news.awaited(claim, waiting, missing);
    }
    return new RefusedException(
        Reason.ApprovalAwaited,
        "lease %s waits for approval until %s: %s"
            .formatted(lease.getMetadata().getName(), approval.deadline(), missing.sentence()));
  }

  private Approval requireSameAsk(Claim claim, CredentialLease lease) {
    var asked = lease.getStatus().approval();
    if (asked == null || !asked.digest().equals(digest(claim)) || lease.isMarkedForDeletion()) {
      throw new RefusedException(
          Reason.LeaseBusy,
          "lease %s asks for something else, and ends; a new one follows it"
              .formatted(lease.getMetadata().getName()));
    }
    return asked;
  }

  private String deadline(Missing missing) {
    var patience =
        missing.tallies().stream()
            .map(t -> t.demand().timeout())
            .min(Duration::compareTo)
            .orElseThrow();
    return clock.instant().plus(patience).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static @Nullable Approval recorded(
      Claim claim, CredentialLease lease, List<Tally> tallies) {
    var status = lease.getStatus();
    var known = status == null ? null : status.approval();
    return tallies.isEmpty()
        ? known
        : new Approval(
            demands(tallies),
            digest(claim),
            known == null ? null : known.deadline(),
            known == null ? null : known.approvedAt());
  }

  private static List<Demand> demands(List<Tally> tallies) {
    return tallies.stream()
        .map(
            t ->
                new Demand(
                    t.demand().policy(),
                    t.demand().needed(),
                    t.approvers().isEmpty() ? null : t.approvers()))
        .toList();
  }

  private static String digest(Claim claim) {
    return Ask.digest(claim.request(), claim.credential());
  }

  private static RefusedException refused(Refused refused) {
    return new RefusedException(Reason.ApprovalDenied, refused.message());
  }

  private CredentialLease write(CredentialLease lease, CredentialLeaseStatus status) {
    return store
        .writeStatus(lease, status)
        .orElseThrow(
            () -> new RefusedException(Reason.LeaseBusy, "another call is changing the lease"));
  }
}
