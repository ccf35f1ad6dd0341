package dev.hallpass.broker;

import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.lease.RefusedException;
import dev.hallpass.wire.Reason;
import dev.hallpass.wire.Secret;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Asks the API server about tokens (authentication.k8s.io/v1 TokenReview), a few at a time. Tokens
 * it refused are remembered for a moment, by digest, so that a flood of one costs nobody else; what
 * it accepted is asked again each time.
 */
final class TokenReviews {
  private static final int CONCURRENT = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration MEMORY = Duration.ofSeconds(10);
  private static final int REMEMBERED = 10_000;
  private static final int MAX_TOKEN = 16_384;

  private final KubernetesClient client;
  private final Clock clock;
  private final Semaphore places = new Semaphore(CONCURRENT, true);
  private final Map<String, Instant> refused =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
          return size() > REMEMBERED;
        }
      };

  TokenReviews(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  /**
   * The pod that a token belongs to.
   *
   * @throws RefusedException where it belongs to none
   */
  PodToken review(Secret token) {
    if (token.reveal().length() > MAX_TOKEN) {
      throw new RefusedException(Reason.TokenInvalid, "the token is too long to be one");
    }
    var digest = digest(token);
    if (wasRefused(digest)) {
      throw new RefusedException(Reason.TokenInvalid, "the token was refused a moment ago");
    }
    try {
      return ask(token);
    } catch (RefusedException e) {
      if (e.reason() == Reason.TokenInvalid) {
        remember(digest);
      }
      throw e;
    }
  }

  private PodToken ask(Secret token) {
    try {
      if (!places.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new RefusedException(
            Reason.ApiServerUnavailable, "too many tokens wait for their review");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RefusedException(Reason.ApiServerUnavailable, "the broker is stopping");
    }
    try {
      return PodToken.of(
          client
              .resource(
                  new TokenReviewBuilder()
                      .withNewSpec()
                      .withToken(token.reveal())
                      .withAudiences(HallpassApi.TOKEN_AUDIENCE)
                      .endSpec()
                      .build())
              .create()
              .getStatus());
    } finally {
      places.release();
    }
  }

  private synchronized boolean wasRefused(String digest) {
    var until = refused.get(digest);
    return until != null && clock.instant().isBefore(until);
  }

  private synchronized void remember(String digest) {
    refused.put(digest, clock.instant().plus(MEMORY));
  }

  private static String digest(Secret token) {
    try {
      return new String(
          MessageDigest.getInstance("SHA-256")
              .digest(token.reveal().getBytes(StandardCharsets.UTF_8)),
          StandardCharsets.ISO_8859_1);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
