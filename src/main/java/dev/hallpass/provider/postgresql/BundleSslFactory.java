package dev.hallpass.provider.postgresql;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.postgresql.ssl.WrappedFactory;

/** Trusts the certificates of a PEM bundle and no others. Made by pgjdbc, by its class name. */
public final class BundleSslFactory extends WrappedFactory {

  /** Trusts this bundle; pgjdbc checks the host name itself. */
  public BundleSslFactory(String bundle) throws GeneralSecurityException, IOException {
    var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    var index = 0;
    for (var certificate : certificates(bundle)) {
      trusted.setCertificateEntry("ca-" + index++, certificate);
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    factory = context.getSocketFactory();
  }

  /**
   * The certificates of a bundle, at least one.
   *
   * @throws CertificateException where there is none, or one cannot be read
   */
  static Collection<? extends Certificate> certificates(String bundle) throws CertificateException {
    var pem = new ByteArrayInputStream(bundle.getBytes(StandardCharsets.UTF_8));
    var found = CertificateFactory.getInstance("X.509").generateCertificates(pem);
    if (found.isEmpty()) {
      throw new CertificateException("there is no certificate in it");
    }
    return found;
  }
}
