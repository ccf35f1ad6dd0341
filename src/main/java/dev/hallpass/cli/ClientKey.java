package dev.hallpass.cli;

import dev.hallpass.wire.Secret;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.CertUtils;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The private key of a kubeconfig's user, as the client needs it said. The client takes a key for
 * one of RSA unless the first line of its file is that of SEC 1, and of a file of several blocks it
 * reads the first alone.
 */
sealed interface ClientKey {
  /** None, one that the client knows by itself, or one that it finds fault with itself. */
  record Plain() implements ClientKey {}

  /**
   * One of an elliptic curve.
   *
   * @param key in PKCS#8 (RFC 5958), in PEM, in base64, as kubeconfigs have it
   */
  record Curve(Secret key) implements ClientKey {
    static Curve of(byte[] pkcs8) {
      var pem =
          "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
              .formatted(Base64.getEncoder().encodeToString(pkcs8));
      return new Curve(
          Secret.of(Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII))));
    }

    /** As a kubeconfig has it. */
    String data() {
      return key.reveal();
    }
  }

  /**
   * One that no connection is made with.
   *
   * @param form what it is, and what to do
   */
  record Unusable(String form) implements ClientKey {}

  /** Looks at the key that this configuration names. */
  static ClientKey of(Config config) {
    if (config.getClientKeyData() == null && config.getClientKeyFile() == null) {
      return new Plain();
    }
    try (var pem =
        CertUtils.getInputStreamFromDataOrFile(
            config.getClientKeyData(), config.getClientKeyFile())) {
      return of(new String(pem.readAllBytes(), StandardCharsets.US_ASCII));
    } catch (IOException | IllegalArgumentException unreadable) {
      // The client says so, when it reads the key itself.
      return new Plain();
    }
  }

  private static ClientKey of(String pem) {
    var pkcs8 = block(pem, "PRIVATE KEY");
    if (pkcs8.isPresent()) {
      return ofPkcs8(pkcs8.get());
    }
    return block(pem, "EC PRIVATE KEY")
        .map(sec1 -> ofSec1(sec1, block(pem, "EC PARAMETERS")))
        .orElseGet(Plain::new);
  }

  private static ClientKey ofPkcs8(byte[] encoded) {
    if (isOf("EC", encoded)) {
      return Curve.of(encoded);
    }
    return isOf("EdDSA", encoded)
        ? new Unusable(
            "is an Ed25519 or Ed448 key, which the Kubernetes client of the plugin does not read:"
                + " use a key of the curve P-256, or of RSA")
        : new Plain();
  }

  private static ClientKey ofSec1(byte[] encoded, Optional<byte[]> parameters) {
    return Sec1Key.pkcs8(encoded, parameters)
        .filter(pkcs8 -> isOf("EC", pkcs8))
        .<ClientKey>map(Curve::of)
        .orElseGet(
            () ->
                new Unusable(
                    "is an EC PRIVATE KEY of no curve that Java knows by name: use a key of the"
                        + " curve P-256, or of RSA"));
  }

  private static Optional<byte[]> block(String pem, String label) {
    var found =
        Pattern.compile("-----BEGIN %1$s-----([^-]*)-----END %1$s-----".formatted(label))
            .matcher(pem);
    return found.find()
        ? Optional.of(Base64.getMimeDecoder().decode(found.group(1)))
        : Optional.empty();
  }

  private static boolean isOf(String algorithm, byte[] pkcs8) {
    try {
      KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      return true;
    } catch (GeneralSecurityException another) {
      return false;
    }
  }
}
