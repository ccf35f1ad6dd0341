package dev.hallpass.testing;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class InstalledTest {
  @Test
  void aTestIsSkippedAloudWhereItsCommandIsMissing() {
    assertThatThrownBy(() -> Installed.orSkip("no-such-shell"))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("there is no no-such-shell: install the package no-such-shell");
    assertThatCode(() -> Installed.orSkip("sh")).doesNotThrowAnyException();
  }
}
