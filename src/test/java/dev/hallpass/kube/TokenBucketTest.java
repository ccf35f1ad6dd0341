package dev.hallpass.kube;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
  private final TokenBucket bucket = new TokenBucket(5, 10);

  @Test
  void givesSoManyAtOnceAndSoManyASecondAfterThat() {
    assertThat(taken(20, NOW)).isEqualTo(5);
    assertThat(taken(20, NOW.plusMillis(300))).isEqualTo(3);
    assertThat(taken(20, NOW.plusSeconds(60))).isEqualTo(5);
  }

  @Test
  void growsHoweverOftenItIsAsked() {
    taken(5, NOW);

    var taken =
        IntStream.rangeClosed(1, 10_000)
            .filter(i -> bucket.take(NOW.plus(Duration.ofNanos(i * 100_000L))))
            .count();

    assertThat(taken).isBetween(9L, 10L);
  }

  @Test
  void givesNothingForAClockThatGoesBack() {
    taken(5, NOW);

    assertThat(taken(5, NOW.minusSeconds(60))).isZero();
  }

  private long taken(int wanted, Instant now) {
    return IntStream.range(0, wanted).filter(i -> bucket.take(now)).count();
  }
}
