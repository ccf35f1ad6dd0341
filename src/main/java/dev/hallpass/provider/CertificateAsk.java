package dev.hallpass.provider;

import java.security.PublicKey;
import java.util.List;

/**
 * What a certificate is asked for.
 *
 * @param key a key that the pod has proven to hold
 * @param dnsNames the names for it, as the access level allows them
 */
public record CertificateAsk(PublicKey key, List<String> dnsNames) {}
