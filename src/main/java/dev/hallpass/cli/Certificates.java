package dev.hallpass.cli;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/** What Kubernetes objects hold of certificates: PEM in base64. */
final class Certificates {
  private Certificates() {}

  /** When the last of them expires; empty where there is none that can be read. */
  static Optional<Instant> lastExpiry(String base64) {
    try {
      return CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(Base64.getMimeDecoder().decode(base64)))
          .stream()
          .map(c -> ((X509Certificate) c).getNotAfter().toInstant())
          .max(Instant::compareTo);
    } catch (CertificateException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
