package dev.hallpass.reconcile.lease;

import static java.util.stream.Collectors.toUnmodifiableMap;
import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.hallpass.api.v1alpha1.CredentialApproval;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.lease.LeaseFacts;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.lease.Verdict.End;
import dev.hallpass.policy.Denial;
import dev.hallpass.reconcile.lease.Looked.Edition;
import dev.hallpass.reconcile.view.ClusterView;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Asks policies about leases that stand: once a policy that is about one, or something that it
 * looks at, is another than at the last review, and else only where the lease is to be extended.
 *
 * <p>Time alone ends none that is used. Of a policy that says what it said, a no counts where it
 * would have said it also when the lease was last issued or renewed, to pod, request, namespace and
 * provider as they are now; of one that is new to the lease, or says something else, it counts at
 * once. At the first review by a process nothing is known to be new.
 *
 * <p>Only a rule that says no ends a lease. A policy that is wrong or fails says nothing about what
 * was issued under another; it keeps the lease from being extended, so that it ends with its ttl.
 */
final class PolicyReview {
  private final ClusterView view;
  private final Matching matching;
  private final Hearing hearing;
  private final Map<String, Looked> reviewed = new ConcurrentHashMap<>();

  PolicyReview(ClusterView view, Matching matching, Hearing hearing) {
    this.view = view;
    this.matching = matching;
    this.hearing = hearing;
  }

  /** The end of a lease that policies no longer allow. */
  Optional<End> withdrawn(LeaseFacts facts) {
    var uid = facts.lease().getMetadata().getUid();
    if (!hearing.isNeeded()) {
      reviewed.put(uid, Looked.NOTHING);
      return Optional.empty();
    }
    var before = reviewed.get(uid);
    var looked = looked(facts, before);
    if (looked.equals(before)) {
      return Optional.empty();
    }
    return switch (hearing.review(facts, counted(facts))) {
      // What is gone ends the lease by itself, once it is seen to be; until then it is asked again.
      case Heard.Refused refused -> Optional.empty();
      case Heard.Unneeded unneeded -> Optional.empty();
      case Heard.Judged judged -> {
        var denials = judged.verdict().denials();
        var refusals = refusals(facts, denials, looked, before);
        if (refusals.isEmpty()) {
          remember(facts.lease(), looked, denials);
        }
        yield new Withdrawal(facts.lease(), judged, refusals).end();
      }
    };
  }

  /** Not what denies a lease that is not used yet: once it is used, that may end it. */
  private void remember(CredentialLease lease, Looked looked, List<Denial> denials) {
    if (used(lease) || denials.isEmpty()) {
      reviewed.put(lease.getMetadata().getUid(), looked);
    } else {
      forget(lease);
    }
  }

  /** The denials that end the lease. */
  private List<Denial> refusals(
      LeaseFacts facts, List<Denial> denials, Looked looked, @Nullable Looked before) {
    var lease = facts.lease();
    var now = denials.stream().filter(d -> ends(d, lease)).toList();
    if (!used(lease) || now.stream().allMatch(d -> before != null && looked.isNews(d, before))) {
      return now;
    }
    var lasting = denying(facts.at(LeaseJudge.decided(lease)));
    return now.stream()
        .filter(d -> lasting.contains(d.policy()) || (before != null && looked.isNews(d, before)))
        .toList();
  }

  /** The names of the policies that deny it at the time of these facts. */
  private List<String> denying(LeaseFacts facts) {
    return hearing.review(facts, counted(facts)) instanceof Heard.Judged(var verdict, var told)
        ? verdict.denials().stream()
            .filter(d -> ends(d, facts.lease()))
            .map(Denial::policy)
            .toList()
        : List.of();
  }

  /** What is not in use yet is the broker's to let wait or go on; else its own deadline ends it. */
  private static boolean ends(Denial denial, CredentialLease lease) {
    return switch (denial.ground()) {
      case Rule, Refusal -> true;
      case Silence -> used(lease);
      case Failure -> false;
    };
  }

  private static boolean used(CredentialLease lease) {
    return LeaseJudge.phase(lease) == LeasePhase.Active;
  }

  /**
   * As of when a yes must hold: what has held at any time of a lease that is used keeps it until it
   * expires, and only its renewal needs one that holds still.
   */
  private static Instant counted(LeaseFacts facts) {
    return LeaseJudge.phase(facts.lease()) == LeasePhase.AwaitingApproval
        ? facts.now()
        : LeaseJudge.begun(facts.lease());
  }

  /** What is said to the extension of a lease. */
  Heard extension(LeaseFacts facts) {
    return hearing.extension(facts);
  }

  /** Lets go of what was kept for a lease that ends. */
  void forget(CredentialLease lease) {
    reviewed.remove(lease.getMetadata().getUid());
  }

  private Looked looked(LeaseFacts facts, @Nullable Looked before) {
    var lease = facts.lease();
    var namespace = lease.getMetadata().getNamespace();
    var earlier = before == null ? Looked.NOTHING : before;
    return new Looked(
        matching.policies(lease).stream()
            .collect(
                toUnmodifiableMap(
                    p -> p.getMetadata().getName(),
                    p ->
                        Told.of(
                            p, earlier.policies().get(p.getMetadata().getName()), view::param))),
        Stream.of(
                Optional.ofNullable(facts.pod()),
                Optional.ofNullable(facts.request()),
                view.namespace(namespace),
                view.provider(lease.getSpec().providerRef(), namespace))
            .<HasMetadata>flatMap(Optional::stream)
            .map(Edition::of)
            .collect(toUnmodifiableSet()),
        spokenOf(lease).map(Edition::of).collect(toUnmodifiableSet()));
  }

  /** The approvals of what the lease asks for. */
  private Stream<CredentialApproval> spokenOf(CredentialLease lease) {
    var status = lease.getStatus();
    var approval = status == null ? null : status.approval();
    return approval == null
        ? Stream.empty()
        : view.approvalsIn(lease.getMetadata().getNamespace()).stream()
            .filter(
                a ->
                    Optional.ofNullable(a.getSpec().stamp())
                        .filter(s -> s.digest().equals(approval.digest()))
                        .isPresent());
  }
}
