package dev.hallpass.broker;

import dev.hallpass.kube.RecentKeys;
import dev.hallpass.wire.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;

/** Tokens that the API server refused a moment ago, by digest (SHA-256). Thread-safe. */
final class RefusedTokens {
  private static final Duration MEMORY = Duration.ofSeconds(10);

  private final RecentKeys digests;

  RefusedTokens(Clock clock) {
    digests = new RecentKeys(MEMORY, clock);
  }

  boolean contains(Secret token) {
    return digests.contains(digest(token));
  }

  void add(Secret token) {
    digests.add(digest(token));
  }

  private static String digest(Secret token) {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of()
          .formatHex(sha256.digest(token.reveal().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
