package dev.hallpass.provider;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.wire.Secret;
import java.util.Map;

/**
 * One target as its provider describes it, with what is needed to administer it.
 *
 * @param id the provider, for logs and caches: {@code <kind>/<namespace>/<name>}
 * @param spec the provider's spec
 * @param admin the entries of the admin Secret
 */
public record Target(String id, CredentialProviderSpec spec, Map<String, Secret> admin) {}
