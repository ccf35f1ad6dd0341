package dev.hallpass.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.hallpass.lease.RefusedException;
import dev.hallpass.wire.Reason;
import dev.hallpass.wire.Secret;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatusBuilder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TokenReviewsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final TokenReviewStatus REFUSED =
      new TokenReviewStatusBuilder().withAuthenticated(false).build();
  private static final TokenReviewStatus ACCEPTED = PodTokens.accepted("orders-1", "uid-1").build();

  private final AtomicInteger asked = new AtomicInteger();
  private Instant now = NOW;
  private final Clock clock =
      new Clock() {
        @Override
        public Instant instant() {
          return now;
        }

        @Override
        public ZoneOffset getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
          return this;
        }
      };

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "a.b.c",
        "a.b",
        "e30.bm90IGpzb24.AQ",
        "e30.eyJhdWQiOiJvdGhlciJ9.AQ",
        "e30.eyJhdWQiOlsib3RoZXIiXX0.AQ",
        "e30.W10.AQ"
      })
  void whatCannotBeOursIsRefusedUnasked(String token) {
    var reviews = answering(ACCEPTED);

    assertThat(refusal(reviews, Secret.of(token), "10.0.0.1")).isEqualTo(Reason.TokenInvalid);
    assertThat(asked).hasValue(0);
  }

  @Test
  void whatIsTooLongForATokenIsRefusedUnasked() {
    var reviews = answering(ACCEPTED);
    var token = PodTokens.claiming("x".repeat(20_000));

    assertThat(refusal(reviews, token, "10.0.0.1")).isEqualTo(Reason.TokenInvalid);
    assertThat(asked).hasValue(0);
  }

  @Test
  void oneAudienceMayStandWithoutAnArray() {
    var reviews = answering(ACCEPTED);

    assertThat(reviews.review(PodTokens.jwt("{\"aud\":\"hallpass.dev\"}"), "10.0.0.1").pod())
        .isEqualTo("orders-1");
  }

  @Test
  void aRefusedTokenIsRememberedForAMoment() {
    var reviews = answering(REFUSED);
    var token = PodTokens.claiming("bad");

    assertThat(refusal(reviews, token, "10.0.0.1")).isEqualTo(Reason.TokenInvalid);
    assertThat(refusal(reviews, token, "10.0.0.2")).isEqualTo(Reason.TokenInvalid);
    assertThat(asked).hasValue(1);

    now = NOW.plus(Duration.ofSeconds(11));
    assertThat(refusal(reviews, token, "10.0.0.1")).isEqualTo(Reason.TokenInvalid);
    assertThat(asked).hasValue(2);
  }

  @Test
  void anAcceptedTokenIsAskedAboutAgainAfterFiveSeconds() {
    var reviews = answering(ACCEPTED);
    var token = PodTokens.claiming("good");

    reviews.review(token, "10.0.0.1");
    now = NOW.plusMillis(4999);
    reviews.review(token, "10.0.0.1");
    assertThat(asked).hasValue(1);

    now = NOW.plusSeconds(5);
    reviews.review(token, "10.0.0.1");
    assertThat(asked).hasValue(2);
  }

  @Test
  void anotherTokenIsNotTakenForOneThatWasAccepted() {
    var reviews = answering(ACCEPTED);

    reviews.review(PodTokens.claiming("good"), "10.0.0.1");
    reviews.review(PodTokens.claiming("good "), "10.0.0.1");

    assertThat(asked).hasValue(2);
  }

  @Test
  void atMostEightAreAskedAboutAtOnce() throws Exception {
    var atOnce = new AtomicInteger();
    var most = new AtomicInteger();
    var full = new CountDownLatch(TokenReviews.CONCURRENT);
    var reviews =
        new TokenReviews(
            token -> {
              most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
              full.countDown();
              try {
                assertThat(full.await(60, TimeUnit.SECONDS)).isTrue();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              atOnce.decrementAndGet();
              return ACCEPTED;
            },
            clock);

    callAll(64, i -> reviews.review(PodTokens.claiming("t" + i), "10.0.0." + i).pod());

    assertThat(most).hasValue(TokenReviews.CONCURRENT);
  }

  @Test
  void oneAddressCannotTakeThePlacesOfOthers() throws Exception {
    var release = new Semaphore(0);
    var reviews =
        new TokenReviews(
            token -> {
              asked.incrementAndGet();
              release.acquireUninterruptibly();
              return REFUSED;
            },
            clock);

    var reasons = new ArrayList<Reason>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers = new ExecutorCompletionService<Reason>(threads);
      for (var i = 0; i < 200; i++) {
        var token = PodTokens.claiming("flood" + i);
        answers.submit(() -> refusal(reviews, token, "10.0.0.1"));
      }
      // All that are too many are answered while those that wait still wait.
      for (var i = 0; i < 200 - TokenReviews.WAITING_PER_ADDRESS; i++) {
        reasons.add(answers.take().get());
      }
      release.release(1000);
    }

    assertThat(reasons).containsOnly(Reason.Overloaded);
    assertThat(asked).hasValueLessThanOrEqualTo(TokenReviews.WAITING_PER_ADDRESS);
  }

  private TokenReviews answering(TokenReviewStatus status) {
    return new TokenReviews(
        token -> {
          asked.incrementAndGet();
          return status;
        },
        clock);
  }

  private static Reason refusal(TokenReviews reviews, Secret token, String address) {
    var thrown = new ArrayList<RefusedException>();
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> reviews.review(token, address))
        .satisfies(thrown::add);
    return thrown.getFirst().reason();
  }

  private interface Call {
    String make(int number);
  }

  private static void callAll(int count, Call call) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ArrayList<Future<String>>();
      for (var i = 0; i < count; i++) {
        var number = i;
        Callable<String> one = () -> call.make(number);
        running.add(threads.submit(one));
      }
      for (var one : running) {
        assertThat(one.get()).isEqualTo("orders-1");
      }
    }
  }
}
