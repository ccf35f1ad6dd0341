package dev.hallpass.broker;

import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.lease.RefusedException;
import dev.hallpass.wire.Reason;
import dev.hallpass.wire.Secret;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks the API server about tokens (authentication.k8s.io/v1 TokenReview), such that bad ones cost
 * others little: what is no token of ours is refused unasked, what was refused is remembered for a
 * moment, few are asked about at once, and each address may have only so many calls waiting. What
 * was accepted is not asked about again in the next seconds either.
 */
final class TokenReviews {
  static final int CONCURRENT = 8;

  /** More than a pod has credentials; a pod that restarts does not ask for all at once. */
  static final int WAITING_PER_ADDRESS = 32;

  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Function<Secret, @Nullable TokenReviewStatus> authority;
  private final ReviewedTokens reviewed;
  private final Semaphore places = new Semaphore(CONCURRENT, true);
  private final AddressCount waiting = new AddressCount();

  /** Asks this authority. */
  TokenReviews(Function<Secret, @Nullable TokenReviewStatus> authority, Clock clock) {
    this.authority = authority;
    this.reviewed = new ReviewedTokens(clock);
  }

  /** Asks the API server. */
  static TokenReviews by(KubernetesClient client, Clock clock) {
    return new TokenReviews(token -> ask(client, token), clock);
  }

  private static @Nullable TokenReviewStatus ask(KubernetesClient client, Secret token) {
    return client
        .resource(
            new TokenReviewBuilder()
                .withNewSpec()
                .withToken(token.reveal())
                .withAudiences(HallpassApi.TOKEN_AUDIENCE)
                .endSpec()
                .build())
        .create()
        .getStatus();
  }

  /**
   * The pod that a token belongs to.
   *
   * @param address where the call comes from
   * @throws RefusedException where it belongs to none, or cannot be asked about now
   */
  PodToken review(Secret token, String address) {
    if (!TokenClaims.mayBeOurs(token)) {
      throw new RefusedException(
          Reason.TokenInvalid,
          "the token is not one for audience %s".formatted(HallpassApi.TOKEN_AUDIENCE));
    }
    if (reviewed.isRefused(token)) {
      throw new RefusedException(Reason.TokenInvalid, "the token was refused a moment ago");
    }
    return reviewed.pod(token).orElseGet(() -> ask(token, address));
  }

  private PodToken ask(Secret token, String address) {
    try {
      var pod = PodToken.of(inTurn(token, address));
      reviewed.accept(token, pod);
      return pod;
    } catch (RefusedException e) {
      if (e.reason() == Reason.TokenInvalid) {
        reviewed.refuse(token);
      }
      throw e;
    }
  }

  private @Nullable TokenReviewStatus inTurn(Secret token, String address) {
    if (waiting.enter(address) > WAITING_PER_ADDRESS) {
      waiting.leave(address);
      throw new RefusedException(
          Reason.Overloaded, "too many calls from %s wait for their proof".formatted(address));
    }
    try {
      takePlace();
      try {
        return authority.apply(token);
      } finally {
        places.release();
      }
    } finally {
      waiting.leave(address);
    }
  }

  private void takePlace() {
    try {
      if (!places.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new RefusedException(Reason.Overloaded, "too many calls wait for their proof");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RefusedException(Reason.NotReady, "the broker is stopping");
    }
  }
}
