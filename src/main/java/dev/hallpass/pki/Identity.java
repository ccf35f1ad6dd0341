package dev.hallpass.pki;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;

/**
 * A certificate with its private key. The key never prints itself.
 *
 * @param certificate the certificate
 * @param key the private key of the certificate's public key
 */
public record Identity(X509Certificate certificate, PrivateKey key) {
  @Override
  public String toString() {
    return "Identity[%s until %s]"
        .formatted(
            certificate.getSubjectX500Principal().getName(), certificate.getNotAfter().toInstant());
  }
}
