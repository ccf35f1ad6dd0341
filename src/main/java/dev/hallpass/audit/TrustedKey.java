package dev.hallpass.audit;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/** The public half of a {@link SigningKey}. */
public final class TrustedKey {
  private final PublicKey key;

  private TrustedKey(PublicKey key) {
    this.key = key;
  }

  static TrustedKey of(PublicKey key) {
    return new TrustedKey(key);
  }

  /**
   * The one that was written by {@link #text}.
   *
   * @throws IllegalArgumentException where it is none
   */
  public static TrustedKey of(String text) {
    try {
      return new TrustedKey(
          SigningKey.factory()
              .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(text.strip()))));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("not an Ed25519 public key", e);
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
