package dev.hallpass.pki;

import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/** Certificate requests (PKCS #10, RFC 2986). Of what they ask for, only the key is read. */
public final class CertificateRequests {
  private static final int P256_BITS = 256;
  private static final int RSA_BITS = 3072;

  private CertificateRequests() {}

  /**
   * The key whose possession a request proves.
   *
   * @throws IllegalArgumentException where it is no request, or was not signed by its key
   */
  public static PublicKey provenKey(String pem) {
    try (var parser = new PEMParser(new StringReader(pem))) {
      if (!(parser.readObject() instanceof PKCS10CertificationRequest request)) {
        throw new IllegalArgumentException("not a PEM certificate request");
      }
      var key = new JcaPKCS10CertificationRequest(request).getPublicKey();
      if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
        throw new IllegalArgumentException("the request is not signed by its own key");
      }
      return key;
    } catch (IOException
        | GeneralSecurityException
        | OperatorCreationException
        | PKCSException
        | RuntimeException e) {
      if (e instanceof IllegalArgumentException known && known.getCause() == null) {
        throw known;
      }
      throw new IllegalArgumentException("the certificate request cannot be read", e);
    }
  }

  /** The algorithm of a key by the name that manifests use; the JDK's own name of any other. */
  public static String algorithm(PublicKey key) {
    return switch (key) {
      case ECPublicKey ec when ec.getParams().getCurve().getField().getFieldSize() == P256_BITS ->
          "EcdsaP256";
      case EdECPublicKey ed when "Ed25519".equals(ed.getParams().getName()) -> "Ed25519";
      case RSAPublicKey rsa when rsa.getModulus().bitLength() == RSA_BITS -> "Rsa3072";
      default -> key.getAlgorithm();
    };
  }
}
