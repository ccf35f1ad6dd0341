package dev.hallpass.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttemptsTest {
  /** At 0, 0.8, 2.4, 5.6, 12, 24.8 and 50.4 s, and every 48 s from then on. */
  @ParameterizedTest
  @CsvSource({
    "0, 1",
    "799, 1",
    "800, 2",
    "2400, 3",
    "50399, 6",
    "50400, 7",
    "98400, 8",
    "600000, 18"
  })
  void doubleUpToAMinute(long millis, int most) {
    assertThat(Attempts.most(Duration.ofMillis(millis))).isEqualTo(most);
  }
}
