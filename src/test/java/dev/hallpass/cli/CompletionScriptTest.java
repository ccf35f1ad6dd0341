package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.cli.CompletionCommand.Shell;
import dev.hallpass.testing.ServerProcess;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script in a real bash, with a plugin that adds to the last word, and tells how many. */
class CompletionScriptTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          'kubectl-hallpass leases'               | leasesind of-2
          'kubectl-hallpass leases '              | ind of-3
          'kubectl-hallpass leases --context k'   | kind of-4
          'kubectl-hallpass leases --context=k'   | kind of-3
          'kubectl-hallpass leases --context a@k' | kind of-4
          'kubectl-hallpass explain pod/k'        | pod/kind of-3
          """)
  void asksForTheWordThatIsTypedAndGivesWhatBashReplaces(String typed, String candidates) {
    var script =
        """
        kubectl-hallpass() { printf '%%s\\n' "${!#}ind" "of-$#" ':4'; }
        %s
        COMP_LINE='%s' COMP_POINT=${#COMP_LINE}
        _kubectl_hallpass
        printf '%%s ' "${COMPREPLY[@]}"
        """
            .formatted(CompletionCommand.script(Shell.bash), typed);

    assertThat(ServerProcess.output("bash", "--norc", "-c", script).strip()).isEqualTo(candidates);
  }
}
