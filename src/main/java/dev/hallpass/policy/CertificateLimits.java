package dev.hallpass.policy;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.policy.IssueDecision.Deny;
import dev.hallpass.wire.Reason;
import java.util.List;
import java.util.Optional;

/** Whether a certificate that is asked for is within the limits of its access level. */
final class CertificateLimits {
  private static final String ANY_LABEL = "*.";

  private CertificateLimits() {}

  /** What is outside, if anything; the message begins with the field. */
  static Optional<Deny> unfit(RequestedCredential credential, AccessLevel level) {
    var limits = level.x509();
    if (limits == null) {
      return credential.x509() == null
          ? Optional.empty()
          : Optional.of(
              new Deny(
                  Reason.ParametersUnsupported,
                  "x509: %s issues no certificates; remove it"
                      .formatted(credential.providerRef())));
    }
    var wanted = credential.certificate();
    var algorithms = limits.keyAlgorithms();
    if (algorithms != null
        && !algorithms.isEmpty()
        && !algorithms.contains(wanted.keyAlgorithmOrDefault())) {
      return Optional.of(
          new Deny(
              Reason.KeyAlgorithmNotAllowed,
              "x509.keyAlgorithm: level \"%s\" allows only %s, not %s"
                  .formatted(level.name(), algorithms, wanted.keyAlgorithmOrDefault())));
    }
    var patterns = limits.dnsNames() == null ? List.<String>of() : limits.dnsNames();
    return wanted.dnsNamesOrNone().stream()
        .filter(name -> patterns.stream().noneMatch(pattern -> matches(pattern, name)))
        .findFirst()
        .map(
            name ->
                new Deny(
                    Reason.DnsNameNotAllowed,
                    "x509.dnsNames: level \"%s\" allows only %s, not %s"
                        .formatted(level.name(), patterns, name)));
  }

  /** A wildcard stands for one label (RFC 6125, 6.4.3). */
  private static boolean matches(String pattern, String name) {
    if (!pattern.startsWith(ANY_LABEL)) {
      return pattern.equals(name);
    }
    var dot = name.indexOf('.');
    return dot > 0 && name.substring(dot + 1).equals(pattern.substring(ANY_LABEL.length()));
  }
}
