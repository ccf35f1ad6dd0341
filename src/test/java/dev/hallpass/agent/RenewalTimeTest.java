package dev.hallpass.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RenewalTimeTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

  @ParameterizedTest
  @CsvSource({"PT15M, PT9M, PT11M", "PT1H, PT36M, PT44M", "PT1M, PT36S, PT44S"})
  void comesAtTwoThirdsGiveOrTakeATenth(Duration left, Duration earliest, Duration latest) {
    var random = new SplittableRandom(42);
    var least = Duration.ofDays(1);
    var most = Duration.ZERO;
    for (var i = 0; i < 10_000; i++) {
      var wait = RenewalTime.after(NOW, NOW.plus(left), random);
      least = wait.compareTo(least) < 0 ? wait : least;
      most = wait.compareTo(most) > 0 ? wait : most;
    }

    assertThat(least).isBetween(earliest, earliest.plus(left.dividedBy(100)));
    assertThat(most).isBetween(latest.minus(left.dividedBy(100)), latest);
  }

  @Test
  void neverBecomesABusyLoop() {
    var random = new SplittableRandom(42);

    assertThat(RenewalTime.after(NOW, NOW, random)).isEqualTo(Duration.ofSeconds(1));
    assertThat(RenewalTime.after(NOW, NOW.minusSeconds(60), random))
        .isEqualTo(Duration.ofSeconds(1));
  }
}
