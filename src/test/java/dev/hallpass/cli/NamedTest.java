package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hallpass.cli.Named.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamedTest {

  @ParameterizedTest
  @CsvSource({
    "pod/a, POD",
    "Pods/a, POD",
    "creq/a, REQUEST",
    "lease/a, LEASE",
    "ccprov/a, CLUSTER_PROVIDER"
  })
  void takesTheWordsOfKubectl(String text, Kind kind) {
    assertThat(Named.parse(text, Kind.values())).isEqualTo(new Named(kind, "a"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "pod/", "pod/a/b", "pod/../b", "node/a", "clease/a"})
  void refusesWhatNamesNoSuchObject(String text) {
    assertThatThrownBy(() -> Named.parse(text, Kind.POD, Kind.REQUEST))
        .isInstanceOf(Failure.class)
        .hasMessage(text + ": name an object as pod/NAME or creq/NAME");
  }

  @Test
  void isWrittenByItsShortWord() {
    assertThat(Named.parse("credentialrequests/db", Kind.REQUEST)).hasToString("creq/db");
  }
}
