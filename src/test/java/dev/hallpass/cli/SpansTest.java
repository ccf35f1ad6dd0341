package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpansTest {

  @ParameterizedTest
  @CsvSource({
    "PT0S, 0s",
    "PT-5S, 0s",
    "PT59S, 59s",
    "PT1M, 1m",
    "PT4M30S, 4m30s",
    "PT12M30S, 12m",
    "PT3H20M, 3h20m",
    "PT20H20M, 20h",
    "PT60H, 60h",
    "P5D, 5d"
  })
  void hasTwoUnitsAtMost(Duration span, String text) {
    assertThat(Spans.of(span)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"2026-11-23T09:04:00Z, in 4m", "2026-11-23T08:59:50Z, 10s ago", ", ''"})
  void saysWhenSomethingEnds(String end, String text) {
    assertThat(Spans.until(end, Objects.NOW)).isEqualTo(text);
  }
}
