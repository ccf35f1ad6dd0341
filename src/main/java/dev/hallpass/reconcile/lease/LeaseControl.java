package dev.hallpass.reconcile.lease;

import dev.hallpass.audit.AuditLog;
import dev.hallpass.kube.Catalog;
import dev.hallpass.kube.Events;
import dev.hallpass.lease.Extension;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.lease.LeaseStore;
import dev.hallpass.lease.LeaseTimes;
import dev.hallpass.lease.Revocation;
import dev.hallpass.policy.PolicyDecider;
import dev.hallpass.reconcile.view.ClusterView;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** The lease reconciler, put together. */
public final class LeaseControl {
  private final LeaseReconciler reconciler;
  private final LeaseEvents wake;

  private LeaseControl(LeaseReconciler reconciler, LeaseEvents wake) {
    this.reconciler = reconciler;
    this.wake = wake;
  }

  /**
   * Puts it together.
   *
   * @param longestBreakGlass what a break-glass may last
   * @param audit hears of what is decided here
   */
  public static LeaseControl of(
      KubernetesClient client,
      ClusterView view,
      Catalog live,
      Revocation revocation,
      Extension extension,
      LeaseTimes times,
      Duration longestBreakGlass,
      PolicyDecider policies,
      Events events,
      AuditLog audit,
      MeterRegistry meters,
      Clock clock) {
    var backOff = new BackOff(clock, () -> ThreadLocalRandom.current().nextDouble());
    var matching = new Matching(view);
    var wake = new LeaseEvents(view, matching, backOff);
    var reconciler =
        new LeaseReconciler(
            new LeaseStore(client),
            new LeaseJudge(times),
            new FactsReader(view, client, live, longestBreakGlass, clock),
            new PolicyReview(
                view, matching, new Hearing(view, live, client, policies, longestBreakGlass)),
            revocation,
            extension,
            new LeaseReports(events, meters, view),
            new ExtensionRecords(audit, clock),
            new Doorbell(client, meters),
            backOff,
            wake,
            clock);
    return new LeaseControl(reconciler, wake);
  }

  /** What is to be registered with the operator. */
  public LeaseReconciler reconciler() {
    return reconciler;
  }

  /** Wakes the leases that wait for this provider's target to answer. */
  public void answered(String providerKey) {
    wake.answered(providerKey);
  }
}
