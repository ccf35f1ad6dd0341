package dev.hallpass.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SampleTest {
  @Test
  void aQuantileIsALatencyThatWasMeasured() {
    var sample =
        new Sample(
            IntStream.rangeClosed(1, 100).mapToObj(Duration::ofMillis).toList().reversed(),
            Duration.ofSeconds(4));

    assertThat(sample.millis(.5)).isEqualTo(50);
    assertThat(sample.millis(.99)).isEqualTo(99);
    assertThat(sample.millis(1)).isEqualTo(100);
    assertThat(sample.rate()).isEqualTo(25);
  }

  @Test
  void twoRoundsAreOneAfterTheOther() {
    var both =
        new Sample(List.of(Duration.ofMillis(9)), Duration.ofSeconds(1))
            .and(new Sample(List.of(Duration.ofMillis(3)), Duration.ofSeconds(3)));

    assertThat(both.latencies()).containsExactly(Duration.ofMillis(3), Duration.ofMillis(9));
    assertThat(both.rate()).isEqualTo(.5);
  }
}
