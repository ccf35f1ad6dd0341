package dev.hallpass.pki;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A certificate with its private key. The key never prints itself.
 *
 * @param certificate the certificate
 * @param key the private key of the certificate's public key
 * @param intermediates what stands between it and a root, in order; often nothing
 */
public record Identity(
    X509Certificate certificate, PrivateKey key, List<X509Certificate> intermediates) {

  /** Signed by a root. */
  public Identity(X509Certificate certificate, PrivateKey key) {
    this(certificate, key, List.of());
  }

  @Override
  public String toString() {
    return "Identity[%s until %s]"
        .formatted(
            certificate.getSubjectX500Principal().getName(), certificate.getNotAfter().toInstant());
  }
}
