package dev.hallpass.pki;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The JDK's own path validation (RFC 5280, 6), at any moment. */
final class Validation {
  private Validation() {}

  static boolean accepts(X509Certificate leaf, List<X509Certificate> bundle, Instant at) {
    try {
      Set<TrustAnchor> anchors =
          bundle.stream()
              .filter(c -> !c.getNotAfter().toInstant().isBefore(at))
              .map(c -> new TrustAnchor(c, null))
              .collect(Collectors.toSet());
      var parameters = new PKIXParameters(anchors);
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(at));
      var path = CertificateFactory.getInstance("X.509").generateCertPath(List.of(leaf));
      CertPathValidator.getInstance("PKIX").validate(path, parameters);
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
