package dev.hallpass.agent;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * The certificates that the broker's must chain to, and no others: the system's CAs are not
 * consulted. Lives in memory; answers of a trusted broker replace it.
 */
final class TrustBundle {
  private String bundle;
  private SSLSocketFactory sockets;

  /**
   * Trusts these PEM certificates.
   *
   * @throws IllegalArgumentException where there is none, or one cannot be read
   */
  TrustBundle(String bundle) {
    this.bundle = bundle;
    this.sockets = sockets(bundle);
  }

  /** Makes sockets that trust the bundle of this moment. */
  SSLSocketFactory sockets() {
    return sockets;
  }

  /**
   * Trusts these instead from now on.
   *
   * @throws IllegalArgumentException where they cannot be used; the old ones are then kept
   */
  void follow(String newer) {
    if (!newer.equals(bundle)) {
      sockets = sockets(newer);
      bundle = newer;
    }
  }

  private static SSLSocketFactory sockets(String bundle) {
    try {
      var anchors = KeyStore.getInstance("PKCS12");
      anchors.load(null, null);
      for (var certificate : certificates(bundle)) {
        anchors.setCertificateEntry("ca-" + anchors.size(), certificate);
      }
      if (anchors.size() == 0) {
        throw new IllegalArgumentException("the trust bundle holds no certificate");
      }
      var trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(anchors);
      var context = SSLContext.getInstance("TLSv1.3");
      context.init(null, trust.getTrustManagers(), null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException("the trust bundle cannot be read: " + e.getMessage(), e);
    }
  }

  private static Collection<? extends Certificate> certificates(String bundle)
      throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509")
        .generateCertificates(new ByteArrayInputStream(bundle.getBytes(StandardCharsets.US_ASCII)));
  }
}
