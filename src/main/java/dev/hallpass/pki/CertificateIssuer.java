package dev.hallpass.pki;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes P-256 certificates (RFC 5280). */
final class CertificateIssuer {
  /** Certificates are valid this long before they are made, for clients whose clock is behind. */
  static final Duration BACKDATE = Duration.ofMinutes(10);

  private static final int SERIAL_BITS = 159;

  private final SecureRandom random;

  CertificateIssuer(SecureRandom random) {
    this.random = random;
  }

  /** A self-signed CA that can vouch for these domains and what is below them, nothing else. */
  Identity authority(List<String> domains, Instant now, Duration lifetime) {
    try {
      var keys = keys();
      var id = new byte[4];
      random.nextBytes(id);
      // No two CAs share a name: path building then never has to guess.
      var name = new X500Principal("CN=Hallpass CA " + HexFormat.of().formatHex(id));
      var extensions = new JcaX509ExtensionUtils();
      var builder =
          new JcaX509v3CertificateBuilder(
                  name,
                  serial(),
                  Date.from(now.minus(BACKDATE)),
                  Date.from(now.plus(lifetime)),
                  name,
                  keys.getPublic())
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
              .addExtension(
                  Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
              .addExtension(Extension.nameConstraints, true, permitted(domains))
              .addExtension(
                  Extension.subjectKeyIdentifier,
                  false,
                  extensions.createSubjectKeyIdentifier(keys.getPublic()));
      return new Identity(sign(builder, keys), keys.getPrivate());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("the JDK cannot make a P-256 certificate", e);
    }
  }

  /** A server certificate for these DNS names, never valid outside its CA's own time. */
  Identity leaf(Identity authority, List<String> dnsNames, Instant now, Duration lifetime) {
    try {
      var keys = keys();
      var ca = authority.certificate();
      var extensions = new JcaX509ExtensionUtils();
      var builder =
          new JcaX509v3CertificateBuilder(
                  ca.getSubjectX500Principal(),
                  serial(),
                  Date.from(later(ca.getNotBefore().toInstant(), now.minus(BACKDATE))),
                  Date.from(earlier(ca.getNotAfter().toInstant(), now.plus(lifetime))),
                  new X500Principal("CN=Hallpass"),
                  keys.getPublic())
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
              .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
              .addExtension(
                  Extension.extendedKeyUsage,
                  false,
                  new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
              .addExtension(Extension.subjectAlternativeName, false, names(dnsNames))
              .addExtension(
                  Extension.subjectKeyIdentifier,
                  false,
                  extensions.createSubjectKeyIdentifier(keys.getPublic()))
              .addExtension(
                  Extension.authorityKeyIdentifier,
                  false,
                  extensions.createAuthorityKeyIdentifier(ca.getPublicKey()));
      return new Identity(
          sign(builder, new KeyPair(ca.getPublicKey(), authority.key())), keys.getPrivate());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("the JDK cannot make a P-256 certificate", e);
    }
  }

  private KeyPair keys() throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    return generator.generateKeyPair();
  }

  private BigInteger serial() {
    return new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1);
  }

  private X509Certificate sign(X509v3CertificateBuilder builder, KeyPair signer)
      throws GeneralSecurityException, OperatorCreationException {
    var content =
        new JcaContentSignerBuilder("SHA256withECDSA")
            .setSecureRandom(random)
            .build(signer.getPrivate());
    return new JcaX509CertificateConverter().getCertificate(builder.build(content));
  }

  private static NameConstraints permitted(List<String> domains) {
    var subtrees =
        domains.stream()
            .map(d -> new GeneralSubtree(new GeneralName(GeneralName.dNSName, d)))
            .toArray(GeneralSubtree[]::new);
    return new NameConstraints(subtrees, null);
  }

  private static GeneralNames names(List<String> dnsNames) {
    return new GeneralNames(
        dnsNames.stream()
            .map(n -> new GeneralName(GeneralName.dNSName, n))
            .toArray(GeneralName[]::new));
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }
}
