package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a lease is in its life. A lease without status is {@link LeasePhase#Pending} at epoch 1.
 *
 * <p>Instants are RFC 3339 in UTC.
 */
@JsonClassDescription(
    "Where the lease is in its life. Without a status it is Pending: nothing can be used yet.")
public record CredentialLeaseStatus(
    @JsonPropertyDescription(
            "AwaitingApproval: nothing is minted before people say yes. Pending: minted or about to"
                + " be, and not usable. Active: usable until expiresAt. Revoking: being withdrawn,"
                + " and tried again until the target confirms it. Revoked: verified gone at the"
                + " target. Denied: nothing was ever minted.")
        @Nullable LeasePhase phase,
    @JsonPropertyDescription(
            "Counts the issues of secret material under this lease; fences late writes.")
        @Min(1)
        @Max(1_000_000)
        @Nullable Long epoch,
    @JsonPropertyDescription("The name of the account at the target.") @Nullable String subject,
    @JsonPropertyDescription("When the pod first confirmed delivery and the account was enabled.")
        @Nullable String activatedAt,
    @JsonPropertyDescription("When it ends unless it is renewed before.")
        @Nullable String expiresAt,
    @JsonPropertyDescription(
            "Why it ended. PodCompleted: all its containers ended. PodDeleted: it was deleted or"
                + " evicted. NodeLost: its node was away beyond the grace time. Expired: the ttl"
                + " was over without a renewal. Superseded: a fresh lease took its place."
                + " RequestDeleted, RequestChanged: the request grants it no more."
                + " ServiceAccountDeleted: the pod's service account is gone. ProviderChanged: the"
                + " provider offers it no more. PolicyWithdrawn: a policy no longer allows it."
                + " ApprovalDenied: somebody who may approve it said no. ApprovalTimedOut: too few"
                + " said yes in time. BreakGlassEnded: the break-glass it was issued under is over. Requested: somebody deleted the lease. Unacknowledged: the"
                + " pod never confirmed that it holds it.")
        @Nullable EndedBy endedBy,
    @JsonPropertyDescription("When its end was decided.") @Nullable String endedAt,
    @JsonPropertyDescription("When the account was verified gone.") @Nullable String revokedAt,
    @JsonPropertyDescription("Where policies ask for approval: how that stands.")
        @Nullable Approval approval,
    @JsonPropertyDescription("Active, Revoked and, where it failed, RevocationFailed.")
        @Nullable List<Condition> conditions) {

  /** Of a lease that has not ended. */
  public CredentialLeaseStatus(
      @Nullable LeasePhase phase,
      @Nullable Long epoch,
      @Nullable String subject,
      @Nullable String activatedAt,
      @Nullable String expiresAt,
      @Nullable Approval approval,
      @Nullable List<Condition> conditions) {
    this(phase, epoch, subject, activatedAt, expiresAt, null, null, null, approval, conditions);
  }

  /** Lease phases, spelt as in manifests. */
  public enum LeasePhase {
    AwaitingApproval,
    Pending,
    Active,
    Revoking,
    Revoked,
    Denied
  }

  /** Who is asked, and who said yes. */
  public record Approval(
      @Required @JsonPropertyDescription("The policies that ask.") List<Demand> policies,
      @Required
          @JsonPropertyDescription(
              "What is asked for: workload, owner, purpose and credential of the request. A changed"
                  + " request ends the lease, and another asks.")
          String digest,
      @JsonPropertyDescription("Until when the lease waits, or waited; then it is denied.")
          @Nullable String deadline,
      @JsonPropertyDescription(
              "When all had approved a lease that waited; from then on its maxLifetime counts.")
          @Nullable String approvedAt) {}

  /** What one policy asks. */
  public record Demand(
      @Required @JsonPropertyDescription("The CredentialPolicy's name.") String name,
      @Required @JsonPropertyDescription("How many different people must approve.") int needed,
      @JsonPropertyDescription("Who did, by their user names.") @Nullable List<String> approvedBy) {

    /** How many did. */
    public int given() {
      return approvedBy == null ? 0 : approvedBy.size();
    }
  }
}
