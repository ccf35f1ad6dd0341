package dev.hallpass.provider;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a lease grants at a target.
 *
 * @param subject the account
 * @param epoch the issue of secret material that this call belongs to; a target call of an older
 *     epoch must have no effect
 * @param level the access level
 * @param expiresAt when the target must stop accepting the credential by itself
 * @param holder who holds it
 * @param certificate what to certify, where the target mints certificates and this call issues;
 *     null otherwise
 */
public record Grant(
    Subject subject,
    long epoch,
    AccessLevel level,
    Instant expiresAt,
    Holder holder,
    @Nullable CertificateAsk certificate) {

  /** A grant of something else than a certificate. */
  public Grant(Subject subject, long epoch, AccessLevel level, Instant expiresAt, Holder holder) {
    this(subject, epoch, level, expiresAt, holder, null);
  }

  /** The same, with what to certify. */
  public Grant certifying(@Nullable CertificateAsk asked) {
    return new Grant(subject, epoch, level, expiresAt, holder, asked);
  }
}
