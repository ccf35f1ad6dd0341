package dev.hallpass.lease;

import static dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase.Active;
import static dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase.Revoking;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseSpec.Replaced;
import dev.hallpass.provider.Renewal;
import dev.hallpass.wire.LeaseCall;
import dev.hallpass.wire.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which lease answers a pod that may have had some before. Pure; throws {@link RefusedException}
 * where none does at the moment.
 *
 * @param claim as it was decided now
 * @param known the pod's leases for the credential, in the order of their creation
 * @param renewal how the target's credentials stay valid
 * @param now the time
 */
record Succession(Claim claim, List<CredentialLease> known, Renewal renewal, Instant now) {

  /** What is done. */
  sealed interface Step {

    /**
     * Another lease is made.
     *
     * @param replaces what it takes the place of; null where it takes none
     */
    record Another(@Nullable Replaced replaces) implements Step {}

    /** The newest waits for people, and goes on waiting. */
    record Waiting(CredentialLease lease) implements Step {}

    /** The newest gets fresh secret material. */
    record Again(CredentialLease lease) implements Step {}
  }

  /**
   * Decides.
   *
   * @param replaces what the pod holds and goes on using meanwhile; null where it holds nothing
   */
  Step next(@Nullable LeaseCall replaces) {
    var live = known.stream().filter(l -> !LeaseJudge.over(l)).toList();
    if (live.isEmpty()) {
      return new Step.Another(null);
    }
    var newest = live.getLast();
    if (!onSameGround(newest)) {
      return relieved(live);
    }
    if (ApprovalGate.waits(newest)) {
      return new Step.Waiting(newest);
    }
    if (ApprovalGate.lacks(claim, newest, now)) {
      requireOneActive(live);
      return replaced(newest);
    }
    if (rotates(live, replaces)) {
      return replaced(newest);
    }
    requireSameGrant(newest);
    return new Step.Again(newest);
  }

  /**
   * Whether a lease rests on the same break-glass as the claim, or neither on any. What was issued
   * under one must end with it, and what was not must not.
   */
  private boolean onSameGround(CredentialLease lease) {
    var named = lease.getSpec().breakGlass();
    var waiver = claim.waiver();
    return Objects.equals(
        named == null ? null : named.uid(), waiver == null ? null : waiver.breakGlass().uid());
  }

  /** The newest lease goes as soon as another can be used, also one that still waits. */
  private Step relieved(List<CredentialLease> live) {
    requireSameGrant(live.getLast());
    requireNoneDrains(live);
    return new Step.Another(new Replaced(live.getLast().getMetadata().getName(), "0s"));
  }

  private Step replaced(CredentialLease lease) {
    return new Step.Another(
        new Replaced(lease.getMetadata().getName(), tenure(lease).overlap().toSeconds() + "s"));
  }

  /**
   * Whether a fresh lease takes over from the newest one. A pod that names another than that, or
   * none, has not seen the answer that made it, or has forgotten it: it goes on with the newest. At
   * most one lease is live, and one drains.
   */
  private boolean rotates(List<CredentialLease> live, @Nullable LeaseCall replaces) {
    var newest = live.getLast();
    if (replaces == null || !newest.getMetadata().getName().equals(replaces.lease())) {
      return false;
    }
    LeaseIssuer.requireCurrent(newest, replaces.epoch());
    requireSameGrant(newest);
    if (LeaseJudge.phase(newest) != Active
        || (renewal == Renewal.Reissue && tenure(newest).lastsAt(now))) {
      return false;
    }
    requireNoneDrains(live);
    return true;
  }

  private static void requireNoneDrains(List<CredentialLease> live) {
    if (live.size() > 1) {
      throw new RefusedException(
          Reason.LeaseBusy,
          "lease %s still drains; one at a time does"
              .formatted(live.getFirst().getMetadata().getName()));
    }
  }

  /** What is used meanwhile stays as it is, for as long as it may, while another lease asks. */
  private static void requireOneActive(List<CredentialLease> live) {
    var newest = live.getLast();
    if (live.size() > 1 || LeaseJudge.phase(newest) != Active || newest.isMarkedForDeletion()) {
      throw ending(newest);
    }
  }

  private void requireSameGrant(CredentialLease lease) {
    var spec = lease.getSpec();
    if (LeaseJudge.phase(lease) == Revoking
        || lease.isMarkedForDeletion()
        || !spec.access().equals(claim.credential().access())
        || !spec.providerRef().equals(claim.credential().providerRef())) {
      throw ending(lease);
    }
  }

  private static RefusedException ending(CredentialLease lease) {
    return new RefusedException(
        Reason.LeaseBusy,
        "lease %s is ending; a new one follows it".formatted(lease.getMetadata().getName()));
  }

  private Tenure tenure(CredentialLease lease) {
    return new Tenure(claim, lease, renewal);
  }
}
