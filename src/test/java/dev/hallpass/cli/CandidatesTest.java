package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What needs no names of objects; {@code CompletionIT} has the rest. */
class CandidatesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          le                      | leases
          re                      | revoke review
          explain p               | pod/
          -n shop explain p       | pod/
          -n leases explain p     | pod/
          get -o j                | json
          get -o=j                | -o=json
          revoke c                | creq/ clease/ cprov/ ccprov/
          leases --wa             | --watch
          review --outcome J      | Justified
          policy t                | test
          completion ba           | bash
          revoke clease/a --wait  | --wait
          revoke --wait 3         |
          nonsense --x            |
          __                      |
          """)
  void completesCommandsOptionsAndKinds(String words, String candidates) {
    assertThat(suggestions(List.of(words.split(" ", -1))).words())
        .containsExactlyElementsOf(
            candidates == null ? List.of() : List.of(candidates.split(" ", -1)));
  }

  @Test
  void tellsTheShellWhatStaysOpenAndWhatIsAFile() {
    assertThat(suggestions(List.of("re")).directive()).as("no files").isEqualTo(4);
    assertThat(suggestions(List.of("explain", "p")).directive())
        .as("no space behind it")
        .isEqualTo(6);
    assertThat(suggestions(List.of("audit", "verify", "")).directive()).as("files").isZero();
    assertThat(suggestions(List.of("policy", "test", "-f", "")).directive()).isZero();
    assertThat(suggestions(List.of("status", "--kubeconfig", "")).directive()).isZero();
  }

  @Test
  void knowsWhereItIsAsked() {
    var where = line(List.of("-n", "shop", "leases", "--context=a", "--as", "ada", "")).where();

    assertThat(List.of(where.namespace, where.context, where.user))
        .containsExactly("shop", "a", "ada");
  }

  private static Suggestions suggestions(List<String> words) {
    return Candidates.of(
        line(words),
        () -> {
          throw new IllegalStateException("nobody is asked");
        });
  }

  private static TypedLine line(List<String> words) {
    var root =
        Plugin.line(
            Surface.ofProcess(),
            options -> {
              throw new IllegalStateException("nobody is asked");
            });
    return TypedLine.of(root.getCommandSpec(), words);
  }
}
