package dev.hallpass.reconcile.provider;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.audit.AuditEvent;
import dev.hallpass.audit.AuditLog;
import dev.hallpass.audit.Trace;
import dev.hallpass.kube.Events;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.lease.LeaseStore;
import dev.hallpass.provider.Drivers;
import dev.hallpass.provider.Subject;
import dev.hallpass.provider.Target;
import dev.hallpass.provider.TargetException;
import dev.hallpass.reconcile.view.ClusterView;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Removes accounts of this installation that no live lease names: what a broker minted after it had
 * been written off, and what was restored with a backup of the target.
 *
 * <p>The order makes it safe without a minimum age: a lease is written before its account is
 * minted, and here the accounts are listed before the leases. So every account that was found has
 * had its lease by the time the leases are read; where there is none, it has ended. The leases are
 * read from etcd, all of them, as several providers may lead to one server. A Revoked lease names
 * no account any more.
 */
final class Sweep {
  private static final Logger LOG = Logger.getLogger(Sweep.class);

  private final ClusterView view;
  private final LeaseStore leases;
  private final Drivers drivers;
  private final String installation;
  private final Events events;
  private final AuditLog audit;
  private final MeterRegistry meters;

  Sweep(
      ClusterView view,
      LeaseStore leases,
      Drivers drivers,
      String installation,
      Events events,
      AuditLog audit,
      MeterRegistry meters) {
    this.view = view;
    this.leases = leases;
    this.drivers = drivers;
    this.installation = installation;
    this.events = events;
    this.audit = audit;
    this.meters = meters;
  }

  /**
   * Sweeps one target. An orphan that resists is reported, and tried again with the next sweep.
   *
   * @throws TargetException where the target cannot list its accounts
   */
  void run(HasMetadata provider, Target target) {
    var found = drivers.of(target.spec()).inventory(target, installation);
    var unknown = without(found, live(view.leases().getStore().list()::forEach));
    if (!unknown.isEmpty()) {
      without(unknown, live(leases::forEach)).forEach(orphan -> remove(provider, target, orphan));
    }
  }

  private static List<Subject> without(List<Subject> subjects, Set<UUID> live) {
    return subjects.stream().filter(s -> !live.contains(s.leaseUid())).toList();
  }

  private static Set<UUID> live(Consumer<Consumer<CredentialLease>> leases) {
    var live = new HashSet<UUID>();
    leases.accept(
        l -> {
          if (!LeaseJudge.over(l)) {
            live.add(UUID.fromString(l.getMetadata().getUid()));
          }
        });
    return live;
  }

  private void remove(HasMetadata provider, Target target, Subject orphan) {
    try {
      drivers.of(target.spec()).revoke(target, orphan);
    } catch (TargetException e) {
      LOG.warnf(
          "orphan stays: provider=%s subject=%s reason=%s: %s",
          target.id(), orphan, e.reason(), e.getMessage());
      events.say(
          Events.about(provider),
          Events.Type.Warning,
          Reason.RevocationFailed,
          "Account %s, which no lease names: %s".formatted(orphan, e.getMessage()));
      return;
    }
    audit.keep(
        new AuditEvent.OrphanRemoved(target.id(), orphan.toString()),
        Trace.ofLease(orphan.leaseUid().toString()));
    LOG.warnf(
        "orphan removed: provider=%s subject=%s reason=%s",
        target.id(), orphan, Reason.OrphanRemoved);
    Counter.builder("hallpass.orphans.removed")
        .description("Accounts removed that no lease named")
        .register(meters)
        .increment();
    events.say(
        Events.about(provider),
        Events.Type.Warning,
        Reason.OrphanRemoved,
        "Account %s, which no live lease names, was removed from the target".formatted(orphan));
  }
}
