package dev.hallpass.lease;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.audit.AuditEvent;
import dev.hallpass.audit.AuditLog;
import dev.hallpass.audit.Held;
import dev.hallpass.audit.Trace;
import dev.hallpass.kube.Conditions;
import dev.hallpass.kube.Statement;
import dev.hallpass.policy.Durations;
import dev.hallpass.provider.Drivers;
import dev.hallpass.provider.Ending;
import dev.hallpass.provider.Subject;
import dev.hallpass.provider.TargetException;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Takes a lease's account away. The end is written down before the target is touched, so that after
 * a crash at any point whoever reads the lease goes on; every step can be taken again.
 */
public final class Revocation {

  /** How an attempt went. */
  public sealed interface Outcome {

    /** The account is verified gone, and the lease says so. */
    record Done(CredentialLease lease) implements Outcome {}

    /** The target did not confirm; the lease says so, and stays Revoking. */
    record Failed(Reason reason, String message) implements Outcome {}

    /** Someone else changed the lease meanwhile; judge it anew. */
    record Outdated() implements Outcome {}
  }

  private final LeaseStore leases;
  private final AdminTargets targets;
  private final Drivers drivers;
  private final AuditLog audit;
  private final String installation;
  private final Clock clock;
  private final Lanes lanes = new Lanes();

  /**
   * Revokes at these targets.
   *
   * @param audit hears of each end before and after it; what waits for it, once the account is
   *     gone, holds up no other end
   * @param installation see {@link Subject}
   */
  public Revocation(
      LeaseStore leases,
      AdminTargets targets,
      Drivers drivers,
      AuditLog audit,
      String installation,
      Clock clock) {
    this.audit = audit;
    this.leases = leases;
    this.targets = targets;
    this.drivers = drivers;
    this.installation = installation;
    this.clock = clock;
  }

  /**
   * Writes down that the lease ends; from then on it can be neither acknowledged nor renewed.
   *
   * @return the lease as written; empty where someone else changed it first
   */
  public Optional<CredentialLease> begin(CredentialLease lease, Verdict.End end) {
    var old = status(lease);
    var now = now();
    var written =
        leases.writeStatus(
            lease,
            new CredentialLeaseStatus(
                LeasePhase.Revoking,
                old.epoch(),
                old.subject(),
                old.activatedAt(),
                old.expiresAt(),
                end.by(),
                now.toString(),
                null,
                old.approval(),
                conditions(
                    lease,
                    new Statement.Fails(Conditions.ACTIVE, Reason.Revoking, end.message()),
                    now)));
    written.ifPresent(
        l ->
            tell(
                lease,
                end,
                new AuditEvent.RevocationBegun(Held.of(lease), end.by(), end.message())));
    return written;
  }

  /** First the decision that it rests on, where that is one of policies. */
  private void tell(CredentialLease lease, Verdict.End end, AuditEvent ended) {
    var trace = trace(lease);
    Stream.ofNullable(end.decision()).forEach(decision -> audit.note(decision, trace));
    audit.note(ended, trace);
  }

  private static Trace trace(CredentialLease lease) {
    return Trace.ofLease(lease.getMetadata().getUid());
  }

  /**
   * Writes down that a lease which waits ends. Nothing was minted for it, so that is all; where it
   * was let go on meanwhile, somebody else has changed it.
   *
   * @return the lease as written; empty where someone else changed it first
   */
  public Optional<CredentialLease> deny(CredentialLease lease, Verdict.End end) {
    var now = now();
    var written =
        leases.writeStatus(
            lease,
            new CredentialLeaseStatus(
                LeasePhase.Denied,
                null,
                null,
                null,
                null,
                end.by(),
                now.toString(),
                null,
                status(lease).approval(),
                conditions(
                    lease,
                    new Statement.Fails(Conditions.ACTIVE, Reason.LeaseEnded, end.message()),
                    now)));
    written.ifPresent(
        l -> tell(lease, end, new AuditEvent.LeaseDenied(Held.of(lease), end.by(), end.message())));
    return written;
  }

  /** Tries to take the account of a Revoking lease away, whether it was ever minted or not. */
  public Outcome attempt(CredentialLease lease) {
    var ref = lease.getSpec().providerRef();
    var namespace = lease.getMetadata().getNamespace();
    try {
      var target = targets.of(ref, namespace);
      var reached =
          Turns.aside(
              () -> {
                var found =
                    lanes.pass(
                        target.id(), () -> drivers.of(target.spec()).revoke(target, ending(lease)));
                tellVerified(lease, found);
                return found;
              });
      return done(lease, reached);
    } catch (TargetException e) {
      return failed(lease, e.reason(), String.valueOf(e.getMessage()));
    }
  }

  private Ending ending(CredentialLease lease) {
    return new Ending(
        new Subject(installation, UUID.fromString(lease.getMetadata().getUid())),
        LeaseJudge.epoch(lease),
        Durations.parse(lease.getSpec().ttl()));
  }

  /** Before the lease says so: whoever dies in between verifies, and records, once more. */
  private void tellVerified(CredentialLease lease, String found) {
    var status = status(lease);
    audit.keep(
        new AuditEvent.RevocationVerified(
            Held.of(lease), status.endedBy(), String.valueOf(status.endedAt()), found),
        trace(lease));
  }

  private Outcome done(CredentialLease lease, String reached) {
    var old = status(lease);
    var now = now();
    var message = old.endedBy() + ": " + reached;
    var conditions =
        conditions(lease, new Statement.Holds(Conditions.REVOKED, Reason.Revoked, message), now)
            .stream()
            .filter(c -> !Conditions.REVOCATION_FAILED.equals(c.getType()))
            .toList();
    return leases
        .writeStatus(
            lease,
            new CredentialLeaseStatus(
                LeasePhase.Revoked,
                old.epoch(),
                old.subject(),
                old.activatedAt(),
                old.expiresAt(),
                old.endedBy(),
                old.endedAt(),
                now.toString(),
                old.approval(),
                conditions))
        .<Outcome>map(Outcome.Done::new)
        .orElseGet(Outcome.Outdated::new);
  }

  private Outcome failed(CredentialLease lease, Reason reason, String message) {
    var conditions =
        conditions(
            lease, new Statement.Holds(Conditions.REVOCATION_FAILED, reason, message), now());
    var old = status(lease);
    if (!conditions.equals(old.conditions())) {
      var written = leases.writeStatus(lease, with(old, conditions));
      if (written.isEmpty()) {
        return new Outcome.Outdated();
      }
      audit.note(new AuditEvent.RevocationFailed(Held.of(lease), reason, message), trace(lease));
    }
    return new Outcome.Failed(reason, message);
  }

  private static CredentialLeaseStatus with(CredentialLeaseStatus old, List<Condition> conditions) {
    return new CredentialLeaseStatus(
        old.phase(),
        old.epoch(),
        old.subject(),
        old.activatedAt(),
        old.expiresAt(),
        old.endedBy(),
        old.endedAt(),
        old.revokedAt(),
        old.approval(),
        conditions);
  }

  private static List<Condition> conditions(CredentialLease lease, Statement said, Instant now) {
    return Conditions.with(
        status(lease).conditions(), said, lease.getMetadata().getGeneration(), now);
  }

  private static CredentialLeaseStatus status(CredentialLease lease) {
    @Nullable CredentialLeaseStatus status = lease.getStatus();
    return status == null
        ? new CredentialLeaseStatus(null, null, null, null, null, null, null)
        : status;
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
