package dev.hallpass.broker;

import dev.hallpass.audit.AuditLog;
import dev.hallpass.kube.Catalog;
import dev.hallpass.kube.Events;
import dev.hallpass.kube.LiveCatalog;
import dev.hallpass.lease.LeaseIssuer;
import dev.hallpass.lease.LeaseStore;
import dev.hallpass.lease.LiveSurroundings;
import dev.hallpass.policy.PolicyDecider;
import dev.hallpass.provider.Drivers;
import dev.hallpass.provider.Targets;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;

/** Puts the issuing API together. */
public final class Broker {
  private Broker() {}

  /**
   * The API over these parts.
   *
   * @param seen what was last seen of requests, providers and namespaces
   * @param longestBreakGlass what a break-glass may last
   * @param systemNamespace Hallpass's own
   * @param installation eight hex digits that tell this Hallpass from others at the same target
   * @param audit has what is issued before it leaves
   * @param trustBundle PEM certificates that agents verify the broker with from now on
   */
  public static CredentialApi api(
      KubernetesClient client,
      Catalog seen,
      Drivers drivers,
      PolicyDecider policies,
      Duration longestBreakGlass,
      String systemNamespace,
      String installation,
      Events events,
      MeterRegistry meters,
      AuditLog audit,
      Supplier<String> trustBundle,
      Clock clock) {
    var leases = new LeaseStore(client);
    var repetitions = new Repetitions(clock);
    return new CredentialApi(
        new Callers(client, TokenReviews.by(client, clock), events, audit, repetitions),
        new Claims(
            seen,
            new LiveCatalog(client, systemNamespace),
            new RecentTargets(new Targets(client, systemNamespace), clock),
            drivers,
            new Policies(policies, longestBreakGlass, new LiveSurroundings(client), events),
            clock),
        leases,
        new LeaseIssuer(leases, drivers, installation, new ApprovalEvents(events), clock),
        new WaiverReports(seen, events, meters),
        events,
        audit,
        repetitions,
        trustBundle,
        clock);
  }
}
