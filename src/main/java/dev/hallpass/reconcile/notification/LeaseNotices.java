package dev.hallpass.reconcile.notification;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.Approval;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.Demand;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.notification.Notice;
import dev.hallpass.notification.Occasion;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What is to be told of a lease that policies ask approval for. */
final class LeaseNotices {
  private LeaseNotices() {}

  /** That it waits, that it was approved, or that it was denied; of other leases nothing. */
  static Stream<Due> of(CredentialLease lease) {
    var status = lease.getStatus();
    var approval = status == null ? null : status.approval();
    return approval == null
        ? Stream.empty()
        : Stream.of(awaited(lease, status), granted(approval), denied(status))
            .flatMap(Optional::stream)
            .map(told -> due(lease, approval, told));
  }

  private record Told(Occasion occasion, Instant since) {}

  /** One that was decided within a second is told of by what was decided. */
  private static Optional<Told> awaited(CredentialLease lease, CredentialLeaseStatus status) {
    return status.phase() == LeasePhase.AwaitingApproval
        ? told(Occasion.APPROVAL_AWAITED, lease.getMetadata().getCreationTimestamp())
        : Optional.empty();
  }

  private static Optional<Told> granted(Approval approval) {
    return Optional.ofNullable(approval.approvedAt())
        .flatMap(since -> told(Occasion.APPROVAL_GRANTED, since));
  }

  private static Optional<Told> denied(CredentialLeaseStatus status) {
    var by = status.endedBy();
    return by == EndedBy.ApprovalDenied || by == EndedBy.ApprovalTimedOut
        ? Optional.ofNullable(status.endedAt())
            .flatMap(since -> told(Occasion.APPROVAL_DENIED, since))
        : Optional.empty();
  }

  private static Optional<Told> told(Occasion occasion, String since) {
    return Optional.of(new Told(occasion, Instant.parse(since)));
  }

  private static Due due(CredentialLease lease, Approval approval, Told told) {
    var meta = lease.getMetadata();
    return new Due(
        lease,
        new Notice(
            told.occasion(),
            meta.getUid(),
            "%s/credentialleases/%s".formatted(meta.getNamespace(), meta.getName()),
            told.since(),
            data(lease, approval)));
  }

  private static Map<String, Object> data(CredentialLease lease, Approval approval) {
    var spec = lease.getSpec();
    var data = new LinkedHashMap<String, Object>();
    data.put("namespace", lease.getMetadata().getNamespace());
    data.put("lease", lease.getMetadata().getName());
    data.put("request", spec.requestRef().name());
    data.put("credential", spec.credential());
    data.put("pod", spec.pod().name());
    data.put("serviceAccount", spec.pod().serviceAccountName());
    data.put("provider", spec.providerRef().toString());
    data.put("access", spec.access());
    data.put("maxLifetime", spec.maxLifetime());
    data.put("owner", spec.owner());
    data.put("purpose", spec.purpose());
    data.put("deadline", approval.deadline());
    data.put("policies", approval.policies().stream().map(LeaseNotices::data).toList());
    var by = lease.getStatus().endedBy();
    if (by != null) {
      data.put("endedBy", by.name());
    }
    return data;
  }

  private static Map<String, Object> data(Demand demand) {
    return Map.of(
        "name",
        demand.name(),
        "approvals",
        demand.needed(),
        "approvedBy",
        Optional.ofNullable(demand.approvedBy()).orElse(List.of()));
  }
}
