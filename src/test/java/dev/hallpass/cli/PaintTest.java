package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.cli.Paint.Reader;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PaintTest {

  @Test
  void coloursAreForPeopleWhoWantThem() {
    assertThat(Paint.of(Map.of(), Reader.PERSON)).isEqualTo(Paint.ANSI);
    assertThat(Paint.of(Map.of("NO_COLOR", ""), Reader.PERSON)).isEqualTo(Paint.ANSI);
    assertThat(Paint.of(Map.of("NO_COLOR", "1"), Reader.PERSON)).isEqualTo(Paint.NONE);
    assertThat(Paint.of(Map.of("TERM", "dumb"), Reader.PERSON)).isEqualTo(Paint.NONE);
    assertThat(Paint.of(Map.of(), Reader.PROGRAM)).isEqualTo(Paint.NONE);
  }
}
