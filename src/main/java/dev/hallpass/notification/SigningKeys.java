package dev.hallpass.notification;

import static java.util.stream.Collectors.joining;

import dev.hallpass.wire.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs what is sent, with each of its keys, so that one can follow another while receivers change
 * over.
 *
 * @see <a
 *     href="https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md">
 *     Standard Webhooks</a>, "Webhook headers" and "Signature scheme"
 */
final class SigningKeys {
  private static final String PREFIX = "whsec_";
  private static final String ALGORITHM = "HmacSHA256";
  private static final int LEAST_BYTES = 24;
  private static final int MOST_BYTES = 64;

  private final List<SecretKeySpec> keys;

  private SigningKeys(List<SecretKeySpec> keys) {
    this.keys = keys;
  }

  /**
   * Reads keys, one or several with space between them.
   *
   * @throws IllegalArgumentException where one is not {@code whsec_} and 24 to 64 bytes in base64;
   *     the message does not hold it
   */
  static SigningKeys of(Secret text) {
    return new SigningKeys(
        Arrays.stream(text.reveal().strip().split("\\s+")).map(SigningKeys::key).toList());
  }

  private static SecretKeySpec key(String text) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(text.substring(Math.min(PREFIX.length(), text.length())));
    } catch (IllegalArgumentException e) {
      bytes = new byte[0];
    }
    if (!text.startsWith(PREFIX) || bytes.length < LEAST_BYTES || bytes.length > MOST_BYTES) {
      throw new IllegalArgumentException(
          "a key is %s and %d to %d bytes in base64".formatted(PREFIX, LEAST_BYTES, MOST_BYTES));
    }
    return new SecretKeySpec(bytes, ALGORITHM);
  }

  /**
   * The header {@code webhook-signature}.
   *
   * @param id the header {@code webhook-id}
   * @param timestamp the header {@code webhook-timestamp}, in seconds of Unix time
   */
  String signature(String id, long timestamp, byte[] body) {
    return keys.stream()
        .map(key -> "v1," + Base64.getEncoder().encodeToString(mac(key, id, timestamp, body)))
        .collect(joining(" "));
  }

  private static byte[] mac(SecretKeySpec key, String id, long timestamp, byte[] body) {
    try {
      var mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update("%s.%d.".formatted(id, timestamp).getBytes(StandardCharsets.UTF_8));
      return mac.doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }
}
