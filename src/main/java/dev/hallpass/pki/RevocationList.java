package dev.hallpass.pki;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
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

  private static String pem(byte[] list) throws IOException {
    var text = new StringWriter();
    try (var writer = new PemWriter(text)) {
      writer.writeObject(new PemObject("X509 CRL", list));
    }
    return text.toString().replace("\r\n", "\n");
  }
}
