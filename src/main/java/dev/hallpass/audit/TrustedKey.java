package dev.hallpass.audit;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Pattern;

/** The public half of a {@link SigningKey}. */
public final class TrustedKey {
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN PUBLIC KEY-----([^-]*)-----END PUBLIC KEY-----");

  private final PublicKey key;

  private TrustedKey(PublicKey key) {
    this.key = key;
  }

  static TrustedKey of(PublicKey key) {
    return new TrustedKey(key);
  }

  /**
   * The one that was written by {@link #text}, or in PEM.
   *
   * @throws IllegalArgumentException where it is none
   */
  public static TrustedKey of(String text) {
    var pem = PEM.matcher(text.strip());
    var base64 = pem.matches() ? pem.group(1).replaceAll("\\s", "") : text.strip();
    try {
      return new TrustedKey(
          SigningKey.factory()
              .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(base64))));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "no Ed25519 public key, neither in PEM (BEGIN PUBLIC KEY) nor the base64 of one in a line",
          e);
    }
  }

  /** By which checkpoints name it: the first 16 hex digits of SHA-256 of its encoding. */
  public String id() {
    return Digest.ofBytes(key.getEncoded()).substring(0, 16);
  }

  /** SubjectPublicKeyInfo (RFC 8410) in base64. */
  public String text() {
    return Base64.getEncoder().encodeToString(key.getEncoded());
  }

  boolean verifies(String signature, String text) {
    return SigningKey.verify(key, signature, text);
  }
}
