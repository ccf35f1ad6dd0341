package dev.hallpass.pki;

import dev.hallpass.wire.Secret;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/** Certificates and keys as text (RFC 7468). What cannot be read is never quoted in an error. */
public final class Pem {
  private Pem() {}

  /** The certificates, one after the other. */
  public static String encode(List<X509Certificate> certificates) {
    var text = new StringBuilder();
    try {
      for (var certificate : certificates) {
        text.append(encode("CERTIFICATE", certificate.getEncoded()));
      }
    } catch (CertificateException e) {
      throw new IllegalArgumentException("a certificate cannot be encoded", e);
    }
    return text.toString();
  }

  /** The private key, as PKCS #8. */
  public static Secret encode(PrivateKey key) {
    return Secret.of(encode("PRIVATE KEY", key.getEncoded()));
  }

  /**
   * All certificates of a text; none where it is blank.
   *
   * @throws IllegalArgumentException where it holds anything else
   */
  public static List<X509Certificate> certificates(String pem) {
    if (pem.isBlank()) {
      return List.of();
    }
    try {
      var bytes = new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8));
      var read = CertificateFactory.getInstance("X.509").generateCertificates(bytes);
      if (read.isEmpty()) {
        // The JDK skips text that it does not recognise.
        throw new IllegalArgumentException("not PEM certificates");
      }
      return read.stream().map(X509Certificate.class::cast).toList();
    } catch (CertificateException e) {
      throw new IllegalArgumentException("not PEM certificates", e);
    }
  }

  /**
   * One certificate and its EC key.
   *
   * @throws IllegalArgumentException where either cannot be read, or they do not belong together
   */
  public static Identity identity(String certificate, Secret key) {
    var identity = chained(certificate, key);
    if (!identity.intermediates().isEmpty()) {
      throw new IllegalArgumentException("not exactly one PEM certificate");
    }
    return identity;
  }

  /**
   * A certificate with what stands between it and a root, and its EC key.
   *
   * @throws IllegalArgumentException where something cannot be read, or does not belong together
   */
  public static Identity chained(String chain, Secret key) {
    var certificates = certificates(chain);
    if (certificates.isEmpty()) {
      throw new IllegalArgumentException("not PEM certificates");
    }
    var identity =
        new Identity(
            certificates.getFirst(), privateKey(key), certificates.subList(1, certificates.size()));
    if (!belongTogether(identity)) {
      throw new IllegalArgumentException("the private key is not the certificate's");
    }
    return identity;
  }

  private static PrivateKey privateKey(Secret pem) {
    try (var reader = new PemReader(new StringReader(pem.reveal()))) {
      var read = reader.readPemObject();
      if (read == null || !"PRIVATE KEY".equals(read.getType())) {
        throw new IllegalArgumentException("not a PKCS #8 private key");
      }
      return KeyFactory.getInstance("EC")
          .generatePrivate(new PKCS8EncodedKeySpec(read.getContent()));
    } catch (IOException | GeneralSecurityException e) {
      // The cause could quote the key.
      throw new IllegalArgumentException("not an EC private key");
    }
  }

  private static boolean belongTogether(Identity identity) {
    try {
      var probe = "hallpass".getBytes(StandardCharsets.UTF_8);
      var signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(identity.key());
      signature.update(probe);
      var signed = signature.sign();
      signature.initVerify(identity.certificate().getPublicKey());
      signature.update(probe);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static String encode(String type, byte[] content) {
    var text = new StringWriter();
    try (var writer = new PemWriter(text)) {
      writer.writeObject(new PemObject(type, content));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // RFC 7468 lets any line end do; a stable one keeps Secrets unchanged between platforms.
    return text.toString().replace("\r\n", "\n");
  }
}
