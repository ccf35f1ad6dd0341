package dev.hallpass.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.wire.Reason;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BackoffTest {
  private static final RandomGenerator MOST = () -> -1L;
  private static final RandomGenerator LEAST = () -> 0L;

  @ParameterizedTest
  @CsvSource({
    "1, 199",
    "2, 399",
    "3, 799",
    "4, 1599",
    "5, 3199",
    "6, 6399",
    "7, 12799",
    "8, 14999",
    "9, 14999",
    "1000000, 14999"
  })
  void doublesUpToACap(int failures, long millis) {
    assertThat(Backoff.after(failures, Reason.BrokerUnreachable, MOST))
        .isEqualTo(Duration.ofMillis(millis));
    assertThat(Backoff.after(failures, Reason.BrokerUnreachable, LEAST))
        .isEqualTo(Duration.ofMillis(1));
  }

  @Test
  void isSpreadOverTheWholeOfTheTime() {
    var random = new SplittableRandom(42);
    var sum = 0L;
    for (var i = 0; i < 10_000; i++) {
      sum += Backoff.after(20, Reason.BrokerUnreachable, random).toMillis();
    }

    assertThat(sum / 10_000).isBetween(7_300L, 7_700L);
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {
        "NotSelected",
        "RequestNotFound",
        "CredentialNotFound",
        "PodTerminating",
        "PodEnded"
      })
  void whatSomebodyMustChangeIsTriedSlowly(Reason refusal) {
    assertThat(Backoff.after(1, refusal, LEAST)).isEqualTo(Duration.ofSeconds(15));
    assertThat(Backoff.after(9, refusal, MOST)).isEqualTo(Duration.ofMillis(59_999));
  }

  @Test
  void whatPeopleDecideAboutIsAskedForSteadily() {
    assertThat(Backoff.after(1, Reason.ApprovalAwaited, LEAST)).isEqualTo(Duration.ofSeconds(3));
    assertThat(Backoff.after(900, Reason.ApprovalAwaited, MOST))
        .isEqualTo(Duration.ofMillis(5_999));
  }
}
