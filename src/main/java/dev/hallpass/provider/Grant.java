package dev.hallpass.provider;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import java.time.Instant;

/**
 * What a lease grants at a target.
 *
 * @param subject the account
 * @param epoch the issue of secret material that this call belongs to; a target call of an older
 *     epoch must have no effect
 * @param level the access level
 * @param expiresAt when the target must stop accepting the credential by itself
 * @param holder who holds it, for people who look at the target: {@code <namespace>/<pod>}
 */
public record Grant(
    Subject subject, long epoch, AccessLevel level, Instant expiresAt, String holder) {}
