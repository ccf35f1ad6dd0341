package dev.hallpass.audit;

import dev.hallpass.wire.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/** The Ed25519 key (RFC 8032) that signs checkpoints. */
public final class SigningKey {
  private static final String ALGORITHM = "Ed25519";

  private final PrivateKey key;
  private final TrustedKey trusted;

  private SigningKey(PrivateKey key, TrustedKey trusted) {
    this.key = key;
    this.trusted = trusted;
  }

  /** A fresh one. */
  public static SigningKey generate(SecureRandom random) {
    try {
      var generator = KeyPairGenerator.getInstance(ALGORITHM);
      generator.initialize(NamedParameterSpec.ED25519, random);
      var pair = generator.generateKeyPair();
      return new SigningKey(pair.getPrivate(), TrustedKey.of(pair.getPublic()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has Ed25519", e);
    }
  }

  /**
   * The one that was written by {@link #secret}.
   *
   * @param trusted its other half
   * @throws IllegalArgumentException where it is none, or not the other half's
   */
  public static SigningKey of(Secret secret, TrustedKey trusted) {
    try {
      var spec = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(secret.reveal()));
      var key = new SigningKey(KeyFactory.getInstance(ALGORITHM).generatePrivate(spec), trusted);
      if (!trusted.verifies(key.sign("proof"), "proof")) {
        throw new IllegalArgumentException("the private key is not the public key's");
      }
      return key;
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("not an Ed25519 private key", e);
    }
  }

  /** PKCS #8 in base64. */
  public Secret secret() {
    return Secret.of(Base64.getEncoder().encodeToString(key.getEncoded()));
  }

  /** What verifies its signatures. */
  public TrustedKey trusted() {
    return trusted;
  }

  String sign(String text) {
    try {
      var signature = Signature.getInstance(ALGORITHM);
      signature.initSign(key);
      signature.update(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("an Ed25519 key always signs", e);
    }
  }

  static KeyFactory factory() throws GeneralSecurityException {
    return KeyFactory.getInstance(ALGORITHM);
  }

  static boolean verify(PublicKey key, String signature, String text) {
    try {
      var verifier = Signature.getInstance(ALGORITHM);
      verifier.initVerify(key);
      verifier.update(text.getBytes(StandardCharsets.UTF_8));
      return verifier.verify(Base64.getDecoder().decode(signature));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }
}
