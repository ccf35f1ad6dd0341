package dev.hallpass.wire;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * A secret text that does not print itself. Only {@link #reveal()} gives the value, so that each
 * use can be found.
 */
public final class Secret {
  private final String value;

  private Secret(String value) {
    this.value = value;
  }

  /** Wraps a secret text. */
  public static Secret of(String value) {
    return new Secret(value);
  }

  /** Wraps the UTF-8 text in these bytes. */
  public static Secret of(byte[] utf8) {
    return new Secret(new String(utf8, StandardCharsets.UTF_8));
  }

  /** A fresh secret of 256 random bits, as 43 characters of unpadded base64url (RFC 4648, 5). */
  public static Secret random(SecureRandom random) {
    var bytes = new byte[32];
    random.nextBytes(bytes);
    return new Secret(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /** The value itself. */
  public String reveal() {
    return value;
  }

  /** Compares in a time that does not tell where two secrets differ. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret
        && MessageDigest.isEqual(
            value.getBytes(StandardCharsets.UTF_8), secret.value.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return "[redacted]";
  }
}
