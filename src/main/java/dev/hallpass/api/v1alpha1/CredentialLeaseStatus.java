package dev.hallpass.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a lease is in its life. A lease without status is {@link LeasePhase#Pending} at epoch 1.
 *
 * <p>Instants are RFC 3339 in UTC.
 */
public record CredentialLeaseStatus(
    @JsonPropertyDescription("Pending, Active, Revoking, Revoked or Denied.")
        @Nullable LeasePhase phase,
    @JsonPropertyDescription(
            "Counts the issues of secret material under this lease; fences late writes.")
        @Nullable Long epoch,
    @JsonPropertyDescription("The name of the account at the target.") @Nullable String subject,
    @JsonPropertyDescription("When the pod confirmed delivery and the account was enabled.")
        @Nullable String activatedAt,
    @JsonPropertyDescription("When it ends unless renewed.") @Nullable String expiresAt,
    @JsonPropertyDescription("Why it ended.") @Nullable EndedBy endedBy,
    @JsonPropertyDescription("When its end was decided.") @Nullable String endedAt,
    @JsonPropertyDescription("When the account was verified gone.") @Nullable String revokedAt,
    @JsonPropertyDescription("Active, Revoked and, where it failed, RevocationFailed.")
        @Nullable List<Condition> conditions) {

  /** Lease phases, spelt as in manifests. */
  public enum LeasePhase {
    Pending,
    Active,
    Revoking,
    Revoked,
    Denied
  }
}
