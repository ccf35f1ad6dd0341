package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CandidatesCommandTest {
  private static final Cluster.Connector NOBODY =
      options -> {
        throw new IllegalStateException("completion calls nobody");
      };

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          le            | leases
          re            | revoke review
          explain p     | pod/
          revoke c      | creq/ clease/ cprov/ ccprov/
          leases --wa   | --watch
          policy t      | test
          completion ba | bash
          __            |
          """)
  void completesCommandsOptionsAndKinds(String words, String candidates) {
    var given = List.of(words.split(" ", -1));
    var root = Plugin.line(Surface.ofProcess(), NOBODY).getCommandSpec();

    assertThat(CandidatesCommand.candidates(root, given))
        .containsExactlyElementsOf(
            candidates == null ? List.of() : List.of(candidates.split(" ", -1)));
  }
}
