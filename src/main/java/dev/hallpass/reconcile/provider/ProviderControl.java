package dev.hallpass.reconcile.provider;

import dev.hallpass.audit.AuditLog;
import dev.hallpass.kube.Events;
import dev.hallpass.lease.AdminTargets;
import dev.hallpass.lease.LeaseStore;
import dev.hallpass.provider.Drivers;
import dev.hallpass.reconcile.view.ClusterView;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.function.Consumer;

/**
 * The reconcilers of both kinds of provider, put together.
 *
 * @param namespaced to register
 * @param cluster to register
 */
public record ProviderControl(
    CredentialProviderReconciler namespaced, ClusterCredentialProviderReconciler cluster) {

  /**
   * Puts them together.
   *
   * @param audit hears of orphans
   * @param answered hears the key of each provider whose target answered
   */
  public static ProviderControl of(
      ClusterView view,
      LeaseStore leases,
      AdminTargets targets,
      Drivers drivers,
      String installation,
      ProviderTimes times,
      Consumer<String> answered,
      Events events,
      AuditLog audit,
      MeterRegistry meters,
      Clock clock) {
    var sweep = new Sweep(view, leases, drivers, installation, events, audit, meters);
    var care =
        new ProviderCare(
            view,
            leases,
            drivers,
            new TargetCare(targets, drivers, sweep, times, clock),
            answered,
            events,
            times.linger(),
            clock);
    var wake = new ProviderEvents(view);
    return new ProviderControl(
        new CredentialProviderReconciler(care, wake),
        new ClusterCredentialProviderReconciler(care, wake));
  }
}
