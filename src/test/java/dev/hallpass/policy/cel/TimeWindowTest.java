package dev.hallpass.policy.cel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeWindowTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # 2026-03-02 is a Monday
          Mon-Fri 08:00-18:00 | 2026-03-02T08:00:00Z | UTC              | true
          Mon-Fri 08:00-18:00 | 2026-03-02T17:59:59Z | UTC              | true
          Mon-Fri 08:00-18:00 | 2026-03-02T18:00:00Z | UTC              | false
          Mon-Fri 08:00-18:00 | 2026-03-01T12:00:00Z | UTC              | false
          Mon-Fri 08:00-18:00 | 2026-03-02T07:30:00Z | Europe/Berlin    | true
          Mon-Fri 08:00-18:00 | 2026-03-01T23:30:00Z | Pacific/Auckland | true
          Sat-Mon 08:00-09:00 | 2026-03-01T08:30:00Z | UTC              | true
          Sat-Mon 08:00-09:00 | 2026-03-03T08:30:00Z | UTC              | false
          Fri 22:00-06:00     | 2026-03-07T05:59:00Z | UTC              | true
          Fri 22:00-06:00     | 2026-03-07T06:00:00Z | UTC              | false
          Fri 22:00-06:00     | 2026-03-06T05:00:00Z | UTC              | false
          09:00-17:00         | 2026-03-01T09:00:00Z | UTC              | true
          Sun 08:00-24:00     | 2026-03-01T23:59:59Z | UTC              | true
          Sun 08:00-24:00     | 2026-03-02T00:00:00Z | UTC              | false
          # clocks go forward at 02:00, Berlin time: 02:30 does not exist that day
          Sun 02:00-03:00     | 2026-03-29T01:30:00Z | Europe/Berlin    | false
          """)
  void holds(String window, Instant moment, String zone, boolean expected) {
    assertThat(TimeWindow.parse(window).holds(moment, zone)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Mon", "mon-fri 08:00-18:00", "8-18", "08:00-25:00", "Mon 08:00"})
  void isNone(String text) {
    assertThatThrownBy(() -> TimeWindow.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
