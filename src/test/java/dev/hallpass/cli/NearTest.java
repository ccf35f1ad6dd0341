package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NearTest {
  private static final List<String> KNOWN =
      List.of("status", "leases", "revoke", "review", "--context", "-n", "--namespace");

  @ParameterizedTest
  @CsvSource({
    "statsu, status",
    "stauts, status",
    "lease, leases",
    "stat, status",
    "revok, revoke",
    "--contxt, --context",
    "-namespace, --namespace",
    "--name-space, --namespace"
  })
  void aMistypedWordIsFound(String typed, String meant) {
    assertThat(Near.to(typed, KNOWN)).containsExactly(meant);
  }

  @Test
  void theNearestIsFirst() {
    assertThat(Near.to("rev", KNOWN)).containsExactly("review", "revoke");
    assertThat(Near.to("aab", List.of("aabcd", "aac", "aa", "aabc", "aad")))
        .containsExactly("aa", "aabc", "aac");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "x", "-x", "", "--", "restart"})
  void whatIsNearToNothingIsLeftAlone(String typed) {
    assertThat(Near.to(typed, KNOWN)).isEmpty();
  }

  @Test
  void itIsAskedInParentheses() {
    assertThat(Near.question(List.of("review", "revoke")))
        .isEqualTo(" (did you mean review or revoke?)");
    assertThat(Near.question(List.of())).isEmpty();
  }
}
