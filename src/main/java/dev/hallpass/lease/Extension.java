package dev.hallpass.lease;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.audit.AuditEvent;
import dev.hallpass.audit.AuditLog;
import dev.hallpass.audit.Held;
import dev.hallpass.audit.Trace;
import dev.hallpass.provider.Drivers;
import dev.hallpass.provider.Grant;
import dev.hallpass.provider.Holder;
import dev.hallpass.provider.Renewal;
import dev.hallpass.provider.Subject;
import java.time.Clock;
import java.util.UUID;

/**
 * Moves the expiry of a lease whose pod fetched its credential once and is gone from the broker's
 * sight. It makes no secret and no account: what has ended at the target cannot be extended there.
 *
 * <p>The target is asked first. Whoever dies in between leaves a lease that ends before its account
 * would, and is extended again in time.
 */
public final class Extension {

  /** How an attempt went. */
  public sealed interface Outcome {

    /** Both the account and the lease end later. */
    record Done(CredentialLease lease) implements Outcome {}

    /** Credentials of this kind end when they were made to. */
    record Impossible() implements Outcome {}

    /** Someone else changed the lease meanwhile; judge it anew. */
    record Outdated() implements Outcome {}
  }

  private final LeaseStore leases;
  private final AdminTargets targets;
  private final Drivers drivers;
  private final AuditLog audit;
  private final String installation;
  private final Clock clock;

  /**
   * Extends at these targets.
   *
   * @param audit has each extension before it is made
   * @param installation see {@link Subject}
   */
  public Extension(
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
   * Tries once.
   *
   * @param allowed says so before anything is done, where it can be; an exception keeps it from
   *     being done
   * @throws dev.hallpass.provider.TargetException where the target does not do it
   * @throws dev.hallpass.audit.AuditUnavailableException where it cannot be recorded, and is not
   *     done
   */
  public Outcome attempt(CredentialLease lease, Verdict.Extend verdict, Runnable allowed) {
    var namespace = lease.getMetadata().getNamespace();
    var target = targets.of(lease.getSpec().providerRef(), namespace);
    var driver = drivers.of(target.spec());
    if (driver.renewal() != Renewal.Extend) {
      return new Outcome.Impossible();
    }
    var epoch = LeaseJudge.epoch(lease);
    allowed.run();
    audit.require(
        new AuditEvent.Renewed(Held.of(lease), epoch, verdict.until()),
        Trace.ofLease(lease.getMetadata().getUid()));
    var grant =
        new Grant(
            new Subject(installation, UUID.fromString(lease.getMetadata().getUid())),
            epoch,
            verdict.level(),
            verdict.until(),
            new Holder(
                namespace,
                lease.getSpec().pod().name(),
                lease.getSpec().pod().serviceAccountName()));
    Turns.aside(
        () -> {
          driver.renew(target, grant);
          return grant;
        });
    return leases
        .writeStatus(lease, LeaseStatuses.renewed(lease, epoch, clock.instant(), verdict.until()))
        .<Outcome>map(Outcome.Done::new)
        .orElseGet(Outcome.Outdated::new);
  }
}
