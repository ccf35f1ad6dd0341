package dev.hallpass.app;

/** Who makes the broker's certificate, and where it is then. */
public enum CertificateSource {
  /** The controller, which rotates CA and leaf with an overlap. */
  HALLPASS("hallpass-serving", "ca-bundle.crt"),

  /** A Certificate resource of the chart, for cert-manager. */
  CERT_MANAGER("hallpass-serving-cert-manager", "ca.crt");

  private final String secret;
  private final String bundleKey;

  CertificateSource(String secret, String bundleKey) {
    this.secret = secret;
    this.bundleKey = bundleKey;
  }

  /** The Secret in Hallpass's namespace. */
  String secret() {
    return secret;
  }

  /** Its entry with the authorities to trust. */
  String bundleKey() {
    return bundleKey;
  }
}
