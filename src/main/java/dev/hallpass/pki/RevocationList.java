package dev.hallpass.pki;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CRLException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/** Signs lists of revoked certificates (RFC 5280, section 5). */
public final class RevocationList {
  private RevocationList() {}

  /**
   * A certificate that is no longer good.
   *
   * @param serial its number
   * @param since when it was revoked
   */
  public record Entry(BigInteger serial, Instant since) {}

  /**
   * A list in PEM.
   *
   * @param number higher than that of any list before
   * @param validity until when the next one must have come
   */
  public static String sign(
      Authority authority, List<Entry> entries, BigInteger number, Instant now, Duration validity) {
    var ca = authority.certificate();
    try {
      X509v2CRLBuilder builder =
          new JcaX509v2CRLBuilder(ca.getSubjectX500Principal(), Date.from(now));
      builder.setNextUpdate(Date.from(now.plus(validity)));
      for (var entry : entries) {
        builder.addCRLEntry(
            entry.serial(), Date.from(entry.since()), CRLReason.cessationOfOperation);
      }
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(ca.getPublicKey()));
      builder.addExtension(Extension.cRLNumber, false, new CRLNumber(number));
      var signer =
          new JcaContentSignerBuilder(authority.signatureAlgorithm()).build(authority.key());
      return pem(builder.build(signer).getEncoded());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("the CA's key cannot sign", e);
    }
  }

  /** Whether the first list of a text is this authority's. */
  public static boolean isOf(Authority authority, String pem) {
    return lists(pem).stream().limit(1).anyMatch(list -> signed(authority, list));
  }

  /** Those lists of a text that other authorities have signed, and that are still good. */
  public static String ofOthers(Authority authority, String pem, Instant now) {
    try {
      var others = new StringBuilder();
      for (var list : lists(pem)) {
        if (!signed(authority, list) && list.getNextUpdate().toInstant().isAfter(now)) {
          others.append(pem(list.getEncoded()));
        }
      }
      return others.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (CRLException e) {
      throw new IllegalStateException("a list that was read cannot be written", e);
    }
  }

  private static boolean signed(Authority authority, X509CRL list) {
    try {
      list.verify(authority.certificate().getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** What is no list is none: whoever broke it has it signed anew. */
  private static List<X509CRL> lists(String pem) {
    if (pem.isBlank()) {
      return List.of();
    }
    try {
      var bytes = new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
      return CertificateFactory.getInstance("X.509").generateCRLs(bytes).stream()
          .map(X509CRL.class::cast)
          .toList();
    } catch (GeneralSecurityException e) {
      return List.of();
    }
  }

  private static String pem(byte[] list) throws IOException {
    var text = new StringWriter();
    try (var writer = new PemWriter(text)) {
      writer.writeObject(new PemObject("X509 CRL", list));
    }
    return text.toString().replace("\r\n", "\n");
  }
}
