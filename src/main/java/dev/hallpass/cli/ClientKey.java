package dev.hallpass.cli;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.CertUtils;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Pattern;

/** The private key of a kubeconfig's user. */
final class ClientKey {
  private static final Pattern PKCS8 =
      Pattern.compile("-----BEGIN PRIVATE KEY-----(.*)-----END PRIVATE KEY-----", Pattern.DOTALL);

  private ClientKey() {}

  /**
   * Whether it is one of an elliptic curve in PKCS#8 (RFC 5958), as {@code openssl genpkey} writes
   * it. The client knows those by their first line alone, which only SEC 1 gives away.
   */
  static boolean isCurveInPkcs8(Config config) {
    if (config.getClientKeyData() == null && config.getClientKeyFile() == null) {
      return false;
    }
    try (var pem =
        CertUtils.getInputStreamFromDataOrFile(
            config.getClientKeyData(), config.getClientKeyFile())) {
      var found = PKCS8.matcher(new String(pem.readAllBytes(), StandardCharsets.US_ASCII));
      return found.find() && isCurve(Base64.getMimeDecoder().decode(found.group(1)));
    } catch (IOException | IllegalArgumentException unreadable) {
      // The client says so, when it reads the key itself.
      return false;
    }
  }

  private static boolean isCurve(byte[] encoded) {
    try {
      KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(encoded));
      return true;
    } catch (GeneralSecurityException another) {
      return false;
    }
  }
}
