package dev.hallpass.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.broker.Repetitions.About;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class RepetitionsTest {
  private Instant now = Instant.parse("2026-01-01T12:00:00Z");
  private final Repetitions repetitions =
      new Repetitions(((InstantSource) () -> now).withZone(ZoneOffset.UTC));

  private boolean isNews(String what) {
    return repetitions.isNews(About.DECISION, "pod-1", what);
  }

  @Test
  void theSameIsNewsOnce() {
    assertThat(isNews("denied")).isTrue();
    assertThat(isNews("denied")).isFalse();
    assertThat(isNews("denied otherwise")).isTrue();
    assertThat(repetitions.isNews(About.DECISION, "pod-2", "denied")).isTrue();
  }

  @Test
  void anHourLaterItIsNewsAgain() {
    isNews("denied");

    now = now.plus(Repetitions.MEMORY);

    assertThat(isNews("denied")).isTrue();
  }

  @Test
  void aRefusalAfterAYesIsNews() {
    isNews("denied");

    repetitions.allowed("pod-1");

    assertThat(isNews("denied")).isTrue();
  }

  /** A pod that names whatever comes to its mind, to fill a volume or to hide a denial. */
  @Test
  void aPodHasOnlySoManyDifferentOnesAndHidesNoOtherByThem() {
    for (var i = 0; i < Repetitions.DIFFERENT; i++) {
      assertThat(repetitions.isNews(About.NAME, "pod-1", "no request called " + i)).isTrue();
    }

    assertThat(repetitions.isNews(About.NAME, "pod-1", "no request called x")).isFalse();
    assertThat(repetitions.isNews(About.NAME, "pod-2", "no request called x")).isTrue();
    assertThat(repetitions.isNews(About.PROOF, "pod-1", "from elsewhere")).isTrue();
    assertThat(isNews("denied")).isTrue();
  }
}
