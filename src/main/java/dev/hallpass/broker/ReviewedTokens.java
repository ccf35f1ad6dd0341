package dev.hallpass.broker;

import dev.hallpass.kube.Recent;
import dev.hallpass.kube.RecentKeys;
import dev.hallpass.wire.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What the API server said of tokens a moment ago, by their digest (SHA-256). Thread-safe.
 *
 * <p>An accepted one is remembered for as long as an acknowledgement takes to follow its issue, and
 * not longer than the API server itself remembers it: so it only saves asking. Whether the pod is
 * live is asked each time.
 */
final class ReviewedTokens {
  static final Duration ACCEPTED = Duration.ofSeconds(5);
  private static final Duration REFUSED = Duration.ofSeconds(10);
  private static final int MOST_ACCEPTED = 4096;

  private final RecentKeys refused;
  private final Recent<PodToken> accepted;

  ReviewedTokens(Clock clock) {
    refused = new RecentKeys(REFUSED, clock);
    accepted = new Recent<>(MOST_ACCEPTED, ACCEPTED, clock);
  }

  boolean isRefused(Secret token) {
    return refused.contains(digest(token));
  }

  /** The pod that an accepted token is bound to. */
  Optional<PodToken> pod(Secret token) {
    return accepted.get(digest(token));
  }

  void refuse(Secret token) {
    refused.add(digest(token));
  }

  void accept(Secret token, PodToken pod) {
    accepted.put(digest(token), pod);
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
