package dev.hallpass.pki;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Certificates that a client trusts, and no others. */
public final class TrustedBundle {
  private TrustedBundle() {}

  /**
   * TLS that trusts these certificates alone; with none, nobody.
   *
   * @param pem the certificates
   * @throws IllegalArgumentException where it holds anything else
   */
  public static SSLContext tls(String pem) {
    try {
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (var certificate : Pem.certificates(pem)) {
        store.setCertificateEntry("ca-%d".formatted(store.size()), certificate);
      }
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      var context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException("the certificates cannot be trusted", e);
    }
  }
}
