package dev.hallpass.cli;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.kube.Conditions;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.policy.Durations;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A lease as people ask for it.
 *
 * @param trouble why its end is not confirmed yet, in the target's own words
 */
record LeaseView(
    String namespace,
    String name,
    String pod,
    String request,
    String credential,
    String provider,
    String access,
    LeasePhase phase,
    @Nullable String createdAt,
    @Nullable String expiresAt,
    @Nullable String endedBy,
    @Nullable String endedAt,
    @Nullable String subject,
    String owner,
    String purpose,
    @Nullable String node,
    @Nullable String trouble) {

  /** What is left of the ttl when a renewal, due after two thirds of it, is plainly missing. */
  private static final int LATE = 4;

  static LeaseView of(CredentialLease lease) {
    var spec = lease.getSpec();
    var status = lease.getStatus();
    var ended = status == null ? null : status.endedBy();
    return new LeaseView(
        lease.getMetadata().getNamespace(),
        lease.getMetadata().getName(),
        spec.pod().name(),
        spec.requestRef().name(),
        spec.credential(),
        spec.providerRef().toString(),
        spec.access(),
        LeaseJudge.phase(lease),
        lease.getMetadata().getCreationTimestamp(),
        status == null ? null : status.expiresAt(),
        ended == null ? null : ended.name(),
        status == null ? null : status.endedAt(),
        status == null ? null : status.subject(),
        spec.owner(),
        spec.purpose(),
        spec.pod().nodeName(),
        status == null
            ? null
            : Conditions.find(status.conditions(), Conditions.REVOCATION_FAILED)
                .filter(c -> "True".equals(c.getStatus()))
                .map(Condition::getMessage)
                .orElse(null));
  }

  /** Whether it is valid, and will soon not be, as nobody has renewed it in time. */
  static boolean endsSoon(CredentialLease lease, Instant now) {
    var status = lease.getStatus();
    if (status == null || LeaseJudge.phase(lease) != LeasePhase.Active) {
      return false;
    }
    var end = status.expiresAt();
    return end != null
        && Duration.between(now, Instant.parse(end))
                .compareTo(Durations.parse(lease.getSpec().ttl()).dividedBy(LATE))
            < 0;
  }

  /** How a phase looks. */
  static Tone tone(LeasePhase phase) {
    return switch (phase) {
      case Active -> Tone.GOOD;
      case AwaitingApproval, Pending, Revoking -> Tone.WARNING;
      case Denied -> Tone.BAD;
      case Revoked -> Tone.FAINT;
    };
  }
}
