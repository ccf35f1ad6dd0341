package dev.hallpass.lease;

import static dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase.Active;
import static dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase.Revoking;
import static dev.hallpass.lease.LeaseJudge.epoch;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseSpec;
import dev.hallpass.api.v1alpha1.CredentialLeaseSpec.Replaced;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.provider.Drivers;
import dev.hallpass.provider.Grant;
import dev.hallpass.provider.Holder;
import dev.hallpass.provider.Material;
import dev.hallpass.provider.Renewal;
import dev.hallpass.provider.Subject;
import dev.hallpass.provider.TargetDriver;
import dev.hallpass.wire.LeaseAnswer.Next;
import dev.hallpass.wire.LeaseCall;
import dev.hallpass.wire.Reason;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Issues, activates and renews: the write-ahead protocol of {@code docs/adr/0002}. The lease is
 * written before the target is touched, each write is conditional on what was read, and the target
 * itself refuses an epoch that was overtaken. So whoever dies in the middle leaves a lease that the
 * controller ends, and nothing that one could log in with. Of several calls at once for one
 * credential of a pod all but one are refused, before they write anything.
 *
 * <p>Never revokes. Throws {@link RefusedException} and what the {@link TargetDriver} throws.
 */
public final class LeaseIssuer {
  /** Far less than {@link LeaseTimes#MIN_RETENTION}, so that clocks may differ. */
  private static final Duration NEW_POD = Duration.ofMinutes(1);

  private final LeaseStore store;
  private final Drivers drivers;
  private final String installation;
  private final Clock clock;
  private final ApprovalGate gate;
  private final Doorway doorway = new Doorway();

  /** Issues in the name of this installation. */
  public LeaseIssuer(
      LeaseStore store, Drivers drivers, String installation, ApprovalNews news, Clock clock) {
    this.store = store;
    this.drivers = drivers;
    this.installation = installation;
    this.clock = clock;
    this.gate = new ApprovalGate(store, news, this::subject, clock);
  }

  /**
   * Secret material that is not yet usable.
   *
   * @param written the lease as it was written
   * @param epoch which issue of it this is
   * @param material the secret
   */
  public record Issued(CredentialLease written, long epoch, Material material) {

    /** The lease's name. */
    public String lease() {
      return written.getMetadata().getName();
    }
  }

  /**
   * A lease that can be used.
   *
   * @param lease the lease's name
   * @param expiresAt until when
   * @param next what the pod does before that
   */
  public record Usable(String lease, Instant expiresAt, Next next) {}

  /**
   * Mints an account, or gives the one of the pod's live lease fresh secret material. Where people
   * must say yes first, the lease waits for them.
   *
   * @param replaces what the pod holds and goes on using meanwhile; null where it holds nothing
   * @param granted run once nobody need be asked any more, and before the target is touched; where
   *     nobody is asked at all, before anything is written. What it throws ends the issue
   */
  public Issued issue(Claim claim, @Nullable LeaseCall replaces, Runnable granted) {
    return doorway.pass(claim, () -> issueAlone(claim, replaces, granted));
  }

  private Issued issueAlone(Claim claim, @Nullable LeaseCall replaces, Runnable granted) {
    var asks = gate.asks(claim);
    if (!asks) {
      granted.run();
    }
    var lease = gate.pass(claim, first(claim).orElseGet(() -> next(claim, replaces)));
    if (asks) {
      granted.run();
    }
    var grant =
        LeaseJudge.phase(lease) == Active
            ? grant(claim, lease, unexpired(lease))
            : grant(claim, lease);
    var material = driver(claim).issue(claim.target(), grant.certifying(claim.certificate()));
    return new Issued(lease, grant.epoch(), material);
  }

  /**
   * The pod holds the secret of this epoch: the account may be used. Repeatable; a repetition
   * extends nothing.
   *
   * @param granted run once nothing but time and the target stands against it, and before anything
   *     is written. What it throws ends the call
   */
  public Usable acknowledge(Claim claim, CredentialLease lease, long epoch, Runnable granted) {
    return doorway.pass(claim, () -> acknowledgeAlone(claim, lease, epoch, granted));
  }

  private Usable acknowledgeAlone(
      Claim claim, CredentialLease lease, long epoch, Runnable granted) {
    requireCurrent(lease, epoch);
    var approval = gate.require(claim, lease);
    granted.run();
    if (LeaseJudge.phase(lease) == Active) {
      var again = grant(claim, lease, unexpired(lease));
      driver(claim).activate(claim.target(), again);
      return usable(claim, lease, again.expiresAt());
    }
    var grant = grant(claim, lease);
    var now = clock.instant();
    var active =
        write(
            lease,
            LeaseStatuses.active(lease, subject(lease), epoch, now, grant.expiresAt(), approval));
    driver(claim).activate(claim.target(), grant);
    return usable(claim, active, grant.expiresAt());
  }

  /** Refuses where the lease has ended, or is at another epoch. */
  public void requireStanding(CredentialLease lease, long epoch) {
    requireCurrent(lease, epoch);
    if (LeaseJudge.phase(lease) == Active) {
      unexpired(lease);
    }
  }

  /**
   * Extends the validity of an active lease; the secret stays.
   *
   * @param granted see {@link #acknowledge}
   */
  public Usable renew(Claim claim, CredentialLease lease, long epoch, Runnable granted) {
    return doorway.pass(claim, () -> renewAlone(claim, lease, epoch, granted));
  }

  private Usable renewAlone(Claim claim, CredentialLease lease, long epoch, Runnable granted) {
    requireCurrent(lease, epoch);
    if (LeaseJudge.phase(lease) != Active) {
      throw new RefusedException(Reason.LeaseBusy, "the lease was not acknowledged yet");
    }
    if (lease.getSpec().mode() != Delivery.Mode.Sidecar) {
      throw new RefusedException(
          Reason.LifetimeOver, "delivery.mode: only a Sidecar credential is renewed");
    }
    if (driver(claim).renewal() == Renewal.Reissue) {
      throw new RefusedException(
          Reason.BadRequest, "this credential is not extended: ask for a new one instead");
    }
    unexpired(lease);
    gate.require(claim, lease);
    granted.run();
    var grant = grant(claim, lease);
    var renewed =
        write(lease, LeaseStatuses.renewed(lease, epoch, clock.instant(), grant.expiresAt()));
    driver(claim).renew(claim.target(), grant);
    return usable(claim, renewed, grant.expiresAt());
  }

  /**
   * The first lease of a new pod, made without a look at what is there: its name says whether
   * another was made before. Leases outlast that time, so none was and is gone.
   */
  private Optional<CredentialLease> first(Claim claim) {
    return claim.podCreatedAt().isAfter(clock.instant().minus(NEW_POD))
        ? store.create(NewLease.of(claim, new LeaseName(claim).ordinal(1), null))
        : Optional.empty();
  }

  /** What follows the leases that the pod had. */
  private CredentialLease next(Claim claim, @Nullable LeaseCall replaces) {
    var known = known(claim);
    var succession = new Succession(claim, known, driver(claim).renewal(), clock.instant());
    return switch (succession.next(replaces)) {
      case Succession.Step.Another(var replaced) -> create(claim, known, replaced);
      case Succession.Step.Waiting(var lease) -> lease;
      case Succession.Step.Again(var lease) -> nextEpoch(claim, lease);
    };
  }

  /** In the order of their creation. */
  private List<CredentialLease> known(Claim claim) {
    var name = new LeaseName(claim);
    return store.ofPod(claim.namespace(), claim.pod().uid()).stream()
        .filter(l -> answers(l.getSpec(), claim))
        .sorted(Comparator.comparing(l -> name.ordinalOf(l.getMetadata().getName()).orElse(0)))
        .toList();
  }

  private static boolean answers(CredentialLeaseSpec lease, Claim claim) {
    return lease.pod().uid().equals(claim.pod().uid())
        && lease.requestRef().uid().equals(claim.request().getMetadata().getUid())
        && lease.credential().equals(claim.credential().name());
  }

  private CredentialLease nextEpoch(Claim claim, CredentialLease lease) {
    requireTimeLeft(claim, lease);
    var now = clock.instant();
    if (LeaseJudge.phase(lease) == Active && driver(claim).renewal() == Renewal.Reissue) {
      unexpired(lease);
      return write(
          lease,
          LeaseStatuses.renewed(lease, epoch(lease) + 1, now, tenure(claim, lease).ends(now)));
    }
    return write(lease, LeaseStatuses.reissued(lease, subject(lease), epoch(lease) + 1, now));
  }

  /** Of two brokers that know the same, one creates the lease: the name follows from that. */
  private CredentialLease create(
      Claim claim, List<CredentialLease> known, @Nullable Replaced replaces) {
    if (!known.isEmpty()) {
      gate.requireUndenied(claim, known.getLast());
    }
    var name = new LeaseName(claim);
    var last =
        known.stream()
            .mapToInt(l -> name.ordinalOf(l.getMetadata().getName()).orElse(0))
            .max()
            .orElse(0);
    return store
        .create(NewLease.of(claim, name.ordinal(last + 1), replaces))
        .orElseThrow(LeaseIssuer::busy);
  }

  /** What the lease grants now; a lease that has no time left is refused. */
  private Grant grant(Claim claim, CredentialLease lease) {
    requireTimeLeft(claim, lease);
    return grant(claim, lease, tenure(claim, lease).ends(clock.instant()));
  }

  private Grant grant(Claim claim, CredentialLease lease, Instant expiresAt) {
    return new Grant(
        subject(lease),
        epoch(lease),
        claim.allowed().level(),
        expiresAt,
        new Holder(claim.namespace(), claim.pod().name(), claim.pod().serviceAccountName()));
  }

  /** Before anything is written, so that the controller sees the lease expire undisturbed. */
  private void requireTimeLeft(Claim claim, CredentialLease lease) {
    if (!tenure(claim, lease).lastMoment().isAfter(clock.instant())) {
      throw new RefusedException(
          Reason.LifetimeOver,
          "lease %s has reached the maxLifetime of its level"
              .formatted(lease.getMetadata().getName()));
    }
  }

  /** What has expired at the target is not brought back, however late the controller is. */
  private Instant unexpired(CredentialLease lease) {
    var recorded = lease.getStatus().expiresAt();
    var expiresAt = recorded == null ? Instant.MIN : Instant.parse(recorded);
    if (!expiresAt.isAfter(clock.instant())) {
      throw new RefusedException(Reason.LeaseEnded, "the lease has expired");
    }
    return expiresAt;
  }

  private Usable usable(Claim claim, CredentialLease lease, Instant expiresAt) {
    return new Usable(
        lease.getMetadata().getName(), expiresAt, tenure(claim, lease).next(expiresAt));
  }

  private Tenure tenure(Claim claim, CredentialLease lease) {
    return new Tenure(claim, lease, driver(claim).renewal());
  }

  /** Refuses where the lease ends, or is at another epoch. */
  static void requireCurrent(CredentialLease lease, long epoch) {
    if (LeaseJudge.over(lease)
        || LeaseJudge.phase(lease) == Revoking
        || lease.isMarkedForDeletion()) {
      throw new RefusedException(Reason.LeaseEnded, "the lease has ended");
    }
    if (epoch(lease) != epoch) {
      throw new RefusedException(
          Reason.Superseded, "the lease is at epoch %d, not %d".formatted(epoch(lease), epoch));
    }
  }

  private Subject subject(CredentialLease lease) {
    return new Subject(installation, UUID.fromString(lease.getMetadata().getUid()));
  }

  private TargetDriver driver(Claim claim) {
    return drivers.of(claim.target().spec());
  }

  private CredentialLease write(CredentialLease lease, CredentialLeaseStatus status) {
    return store.writeStatus(lease, status).orElseThrow(LeaseIssuer::busy);
  }

  private static RefusedException busy() {
    return new RefusedException(Reason.LeaseBusy, "another call is changing the lease");
  }
}
