package dev.hallpass.reconcile.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackOffTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-01T12:00:00Z"), ZoneOffset.UTC);
  private static final ResourceID LEASE = new ResourceID("lease", "shop");
  private static final ResourceID OTHER = new ResourceID("other", "shop");

  private final BackOff backOff = new BackOff(CLOCK, () -> 0);

  @Test
  void doublesUpToAMinute() {
    var waits = Stream.generate(() -> backOff.failed(LEASE, "pg")).limit(9);

    assertThat(waits)
        .extracting(Duration::toSeconds)
        .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L);
  }

  @Test
  void chanceTakesAwayAFifthAtMost() {
    var lucky = new BackOff(CLOCK, () -> 1);

    assertThat(lucky.failed(LEASE, "pg")).isEqualTo(Duration.ofMillis(800));
  }

  @Test
  void startsAnewOnceSettled() {
    backOff.failed(LEASE, "pg");
    backOff.failed(LEASE, "pg");
    backOff.settled(LEASE);

    assertThat(backOff.remaining(LEASE)).isEmpty();
    assertThat(backOff.failed(LEASE, "pg")).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void anAnswerFreesWhatWaitsForThatTargetAlone() {
    backOff.failed(LEASE, "pg");
    backOff.failed(OTHER, "mysql");

    assertThat(backOff.answered("pg")).containsExactly(LEASE);
    assertThat(backOff.remaining(LEASE)).isEmpty();
    assertThat(backOff.remaining(OTHER)).contains(Duration.ofSeconds(1));
  }
}
