package dev.hallpass.reconcile.lease;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.kube.Events;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.lease.LeaseLine;
import dev.hallpass.reconcile.view.ClusterView;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What people and meters hear of the ends of leases. */
final class LeaseReports {
  private static final Logger LOG = Logger.getLogger(LeaseReports.class);

  private static final Duration[] BUCKETS = {
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(3),
    Duration.ofSeconds(10),
    Duration.ofSeconds(60)
  };

  private final Events events;
  private final MeterRegistry meters;
  private final ClusterView view;

  LeaseReports(Events events, MeterRegistry meters, ClusterView view) {
    this.events = events;
    this.meters = meters;
    this.view = view;
    for (var phase : LeasePhase.values()) {
      Gauge.builder("hallpass.leases", () -> count(phase))
          .description("Leases by phase")
          .tag("phase", phase.name())
          .register(meters);
    }
  }

  private long count(LeasePhase phase) {
    return view.leases().getStore().list().stream()
        .filter(l -> LeaseJudge.phase(l) == phase)
        .count();
  }

  /** A lease that its pod does not renew itself was extended. */
  void extended(CredentialLease lease, Instant until) {
    LOG.info(LeaseLine.of("lease extended", lease, Reason.Renewed, "until " + until));
  }

  /** A lease may not go on; it ends with its ttl, unless that changes. */
  void notExtended(CredentialLease lease, Reason reason, String why) {
    events.say(
        Events.aboutPod(lease),
        Events.Type.Warning,
        reason,
        "Credential %s is not extended. %s".formatted(lease.getSpec().credential(), why));
  }

  /** The end of a lease was written down. */
  void ending(CredentialLease lease, EndedBy by, String message) {
    var text = by + ": " + message;
    LOG.info(LeaseLine.of("lease ends", lease, by, message));
    events.say(Events.about(lease), Events.Type.Normal, Reason.Revoking, text);
    if (podLives(by)) {
      events.say(
          Events.aboutPod(lease),
          Events.Type.Warning,
          Reason.Revoking,
          "Credential %s ends. %s".formatted(lease.getSpec().credential(), text));
    }
  }

  /** A lease that waited for approval was denied, or ended before anybody could approve it. */
  void denied(CredentialLease lease, EndedBy by, String message) {
    LOG.info(LeaseLine.of("lease denied", lease, by, message));
    var reason =
        switch (by) {
          case ApprovalDenied -> Reason.ApprovalDenied;
          case ApprovalTimedOut -> Reason.ApprovalTimedOut;
          case PodCompleted,
              PodDeleted,
              NodeLost,
              Expired,
              Superseded,
              RequestDeleted,
              RequestChanged,
              ProviderChanged,
              PolicyWithdrawn,
              BreakGlassEnded,
              ServiceAccountDeleted,
              Requested,
              Unacknowledged ->
              Reason.LeaseEnded;
        };
    var text =
        "Credential %s was not issued. %s: %s".formatted(lease.getSpec().credential(), by, message);
    events.say(Events.about(lease), Events.Type.Warning, reason, text);
    if (podLives(by)) {
      events.say(Events.aboutPod(lease), Events.Type.Warning, reason, text);
      events.say(request(lease), Events.Type.Warning, reason, text);
    }
  }

  /** The account is verified gone. */
  void revoked(CredentialLease lease) {
    var status = lease.getStatus();
    var by = String.valueOf(status.endedBy());
    Timer.builder("hallpass.revocation")
        .description("From the end of a lease to its account verified gone")
        .tag("ended_by", by)
        .serviceLevelObjectives(BUCKETS)
        .register(meters)
        .record(took(status.endedAt(), status.revokedAt()));
    events.say(
        Events.about(lease),
        Events.Type.Normal,
        Reason.Revoked,
        by + ": the account is verified gone");
  }

  private static Duration took(@Nullable String from, @Nullable String to) {
    return from == null || to == null
        ? Duration.ZERO
        : Duration.between(Instant.parse(from), Instant.parse(to));
  }

  /** The target did not confirm. */
  void failed(CredentialLease lease, Reason reason, String message) {
    LOG.warn(LeaseLine.of("revocation failed", lease, reason, message));
    Counter.builder("hallpass.revocation.failures")
        .description("Attempts to revoke that the target did not confirm")
        .tag("reason", reason.name())
        .register(meters)
        .increment();
    var text = "%s: %s".formatted(reason, message);
    events.say(Events.about(lease), Events.Type.Warning, Reason.RevocationFailed, text);
    events.say(request(lease), Events.Type.Warning, Reason.RevocationFailed, text);
  }

  /** Whether a lease that ended so leaves a pod that works on. */
  static boolean podLives(EndedBy by) {
    return switch (by) {
      case Expired,
          RequestDeleted,
          RequestChanged,
          ProviderChanged,
          PolicyWithdrawn,
          ApprovalDenied,
          ApprovalTimedOut,
          BreakGlassEnded,
          Requested,
          ServiceAccountDeleted,
          Unacknowledged ->
          true;
      case PodCompleted, PodDeleted, NodeLost, Superseded -> false;
    };
  }

  private static ObjectReference request(CredentialLease lease) {
    var request = lease.getSpec().requestRef();
    return new ObjectReferenceBuilder()
        .withApiVersion(lease.getApiVersion())
        .withKind("CredentialRequest")
        .withNamespace(lease.getMetadata().getNamespace())
        .withName(request.name())
        .withUid(request.uid())
        .build();
  }
}
