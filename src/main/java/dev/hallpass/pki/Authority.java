package dev.hallpass.pki;

import dev.hallpass.wire.Secret;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/**
 * A certificate authority that somebody else made.
 *
 * @param chain its certificate, then those above it, each signed by the next
 * @param key its private key: EC, RSA or Ed25519
 * @param roots whom to trust
 */
public record Authority(List<X509Certificate> chain, PrivateKey key, List<X509Certificate> roots) {
  private static final int KEY_CERT_SIGN = 5;
  private static final int CRL_SIGN = 6;
  private static final int P384_BITS = 384;

  /**
   * Reads one from PEM.
   *
   * @param certificates its certificate first, then those above it
   * @param key its private key, in any of OpenSSL's PEM formats, not encrypted
   * @param trusted the roots to trust; blank where the last of the certificates is the one
   * @throws IllegalArgumentException with what is wrong
   */
  public static Authority of(String certificates, Secret key, String trusted) {
    var chain = Pem.certificates(certificates);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("tls.crt holds no certificate");
    }
    for (var i = 0; i + 1 < chain.size(); i++) {
      requireSigned(chain.get(i), chain.get(i + 1), i);
    }
    var roots = Pem.certificates(trusted);
    var read =
        new Authority(chain, privateKey(key), roots.isEmpty() ? List.of(chain.getLast()) : roots);
    read.requireAble();
    return read;
  }

  /** The certificate that signs. */
  public X509Certificate certificate() {
    return chain.getFirst();
  }

  /** What goes with each certificate it signs: the chain without a root that all have anyway. */
  public List<X509Certificate> intermediates() {
    return chain.stream()
        .filter(c -> !c.getSubjectX500Principal().equals(c.getIssuerX500Principal()))
        .toList();
  }

  String signatureAlgorithm() {
    return switch (certificate().getPublicKey()) {
      case ECPublicKey ec when ec.getParams().getCurve().getField().getFieldSize() >= P384_BITS ->
          "SHA384withECDSA";
      case ECPublicKey ec -> "SHA256withECDSA";
      case RSAPublicKey rsa -> "SHA256withRSA";
      default -> "Ed25519";
    };
  }

  private void requireAble() {
    var usage = certificate().getKeyUsage();
    if (certificate().getBasicConstraints() < 0 || (usage != null && !usage[KEY_CERT_SIGN])) {
      throw new IllegalArgumentException("the first certificate of tls.crt is not that of a CA");
    }
    if (usage != null && !usage[CRL_SIGN]) {
      throw new IllegalArgumentException(
          "the CA may not sign revocation lists: its key usage needs cRLSign");
    }
    if (!belongs(certificate().getPublicKey())) {
      throw new IllegalArgumentException("tls.key is not the key of tls.crt");
    }
  }

  private boolean belongs(PublicKey its) {
    try {
      var probe = "hallpass".getBytes(StandardCharsets.UTF_8);
      var signature = Signature.getInstance(signatureAlgorithm());
      signature.initSign(key);
      signature.update(probe);
      var signed = signature.sign();
      signature.initVerify(its);
      signature.update(probe);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static void requireSigned(X509Certificate lower, X509Certificate upper, int position) {
    try {
      lower.verify(upper.getPublicKey());
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "certificate %d of tls.crt is not signed by the one that follows it"
              .formatted(position + 1),
          e);
    }
  }

  private static PrivateKey privateKey(Secret pem) {
    try (var parser = new PEMParser(new StringReader(pem.reveal()))) {
      var converter = new JcaPEMKeyConverter();
      var read = parser.readObject();
      // openssl ecparam writes the curve first.
      if (read != null && !(read instanceof PEMKeyPair) && !(read instanceof PrivateKeyInfo)) {
        read = parser.readObject();
      }
      return switch (read) {
        case PEMKeyPair pair -> converter.getKeyPair(pair).getPrivate();
        case PrivateKeyInfo info -> converter.getPrivateKey(info);
        case null, default ->
            throw new IllegalArgumentException("tls.key is not an unencrypted private key");
      };
    } catch (IOException e) {
      // The cause could quote the key.
      throw new IllegalArgumentException("tls.key is not a private key");
    }
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "Authority[%s]".formatted(certificate().getSubjectX500Principal().getName());
  }
}
