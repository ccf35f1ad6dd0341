package dev.hallpass.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExcerptTest {

  @Test
  void leavesWhatFits() {
    assertThat(Excerpt.of("", 4)).isEmpty();
    assertThat(Excerpt.of("four", 4)).isEqualTo("four");
  }

  @Test
  void cutsAndSaysSo() {
    assertThat(Excerpt.of("fives", 4)).isEqualTo("fiv…");
  }

  /** Half of a pair is no character, and no UTF-8 carries it. */
  @Test
  void cutsNoCharacterInTwo() {
    assertThat(Excerpt.of("ab\ud83d\ude00cd", 4)).isEqualTo("ab…");
    assertThat(Excerpt.of("ab\ud83d\ude00cd", 5)).isEqualTo("ab\ud83d\ude00…");
  }
}
