package dev.hallpass.pki;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates of workloads: leaves that name a SPIFFE ID (SPIFFE X509-SVID, RFC 5280). */
public final class WorkloadCertificates {
  private static final X500Principal SUBJECT = new X500Principal("O=Hallpass");

  private WorkloadCertificates() {}

  /**
   * What a certificate says.
   *
   * @param serial its number, unique to the CA
   * @param key the workload's
   * @param spiffeId its one URI
   * @param dnsNames its DNS names, which may be none
   * @param client for TLS clients
   * @param server for TLS servers
   * @param now the time
   * @param expiresAt the last moment; an earlier end of the CA comes first
   */
  public record Profile(
      BigInteger serial,
      PublicKey key,
      String spiffeId,
      List<String> dnsNames,
      boolean client,
      boolean server,
      Instant now,
      Instant expiresAt) {}

  /** Signs one. */
  public static X509Certificate sign(Authority authority, Profile profile) {
    var ca = authority.certificate();
    try {
      var extensions = new JcaX509ExtensionUtils();
      var builder =
          new JcaX509v3CertificateBuilder(
                  ca.getSubjectX500Principal(),
                  profile.serial(),
                  Date.from(
                      Collections.max(
                          List.of(
                              ca.getNotBefore().toInstant(),
                              profile.now().minus(CertificateIssuer.BACKDATE)))),
                  Date.from(
                      Collections.min(List.of(ca.getNotAfter().toInstant(), profile.expiresAt()))),
                  SUBJECT,
                  profile.key())
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
              .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
              .addExtension(Extension.extendedKeyUsage, false, purposes(profile))
              .addExtension(Extension.subjectAlternativeName, false, names(profile))
              .addExtension(
                  Extension.subjectKeyIdentifier,
                  false,
                  extensions.createSubjectKeyIdentifier(profile.key()))
              .addExtension(
                  Extension.authorityKeyIdentifier,
                  false,
                  extensions.createAuthorityKeyIdentifier(ca.getPublicKey()));
      var signer =
          new JcaContentSignerBuilder(authority.signatureAlgorithm()).build(authority.key());
      return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("the CA's key cannot sign", e);
    }
  }

  private static ExtendedKeyUsage purposes(Profile profile) {
    var purposes = new ArrayList<KeyPurposeId>();
    if (profile.client()) {
      purposes.add(KeyPurposeId.id_kp_clientAuth);
    }
    if (profile.server()) {
      purposes.add(KeyPurposeId.id_kp_serverAuth);
    }
    return new ExtendedKeyUsage(purposes.toArray(KeyPurposeId[]::new));
  }

  private static GeneralNames names(Profile profile) {
    var names = new ArrayList<GeneralName>();
    names.add(new GeneralName(GeneralName.uniformResourceIdentifier, profile.spiffeId()));
    profile.dnsNames().forEach(n -> names.add(new GeneralName(GeneralName.dNSName, n)));
    return new GeneralNames(names.toArray(GeneralName[]::new));
  }
}
