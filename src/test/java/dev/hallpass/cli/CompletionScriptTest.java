package dev.hallpass.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.cli.CompletionCommand.Shell;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The scripts in the real shells. */
class CompletionScriptTest {

  /** Adds to the last word, and writes down what it was asked. */
  private static final String ECHO =
      """
      printf '<%s>' "$@" >asked
      for word; do :; done
      case $word in
        *nothing) echo :4 ;;
        *trail) echo :0 ;;
        *pod) printf '%s/\\n:6\\n' "$word" ;;
        *) printf '%sind\\n:4\\n' "$word" ;;
      esac
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          'kubectl-hallpass leases'               | <leases>                 | leasesind
          'kubectl-hallpass leases '              | <leases><>               | ind
          'kubectl-hallpass leases --context k'   | <leases><--context><k>   | kind
          'kubectl-hallpass leases --context=k'   | <leases><--context=k>    | kind
          'kubectl-hallpass leases --context a@k' | <leases><--context><a@k> | kind
          'kubectl-hallpass explain pod/k'        | <explain><pod/k>         | pod/kind
          'kubectl-hallpass explain pod'          | <explain><pod>           | pod/
          'kubectl-hallpass explain nothing'      | <explain><nothing>       | ''
          """)
  void bashPutsIn(String line, String asked, String candidates) throws IOException {
    assertThat(typing(Shell.bash).tab(line)).isEqualTo(candidates);
    assertThat(asked()).isEqualTo("<__complete>" + asked);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          'kubectl-hallpass leases'                 | <leases>                    | 'kubectl-hallpass leasesind '
          'kubectl-hallpass leases '                | <leases><>                  | 'kubectl-hallpass leases ind '
          'kubectl-hallpass leases --context k'     | <leases><--context><k>      | 'kubectl-hallpass leases --context kind '
          'kubectl-hallpass leases --context=k'     | <leases><--context=k>       | 'kubectl-hallpass leases --context=kind '
          'kubectl-hallpass leases --context a@k'   | <leases><--context><a@k>    | 'kubectl-hallpass leases --context a@kind '
          'kubectl-hallpass leases --cont'          | <leases><--cont>            | 'kubectl-hallpass leases --contind '
          'kubectl-hallpass explain pod/k'          | <explain><pod/k>            | 'kubectl-hallpass explain pod/kind '
          'kubectl-hallpass explain pod'            | <explain><pod>              | 'kubectl-hallpass explain pod/'
          'kubectl-hallpass explain nothing'        | <explain><nothing>          | 'kubectl-hallpass explain nothing'
          'kubectl-hallpass leases --as "a b" k'    | <leases><--as><a b><k>      | 'kubectl-hallpass leases --as "a b" kind '
          'kubectl-hallpass audit verify trail'     | <audit><verify><trail>      | 'kubectl-hallpass audit verify trail.jsonl '
          'kubectl-hallpass leases --pod=trail'     | <leases><--pod=trail>       | 'kubectl-hallpass leases --pod=trail.jsonl '
          """)
  void zshPutsIn(String line, String asked, String then) throws IOException {
    assertThat(typing(Shell.zsh).tab(line)).isEqualTo(then);
    assertThat(asked()).isEqualTo("<__complete>" + asked);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          'kubectl-hallpass leases'               | <leases>                 | leasesind
          'kubectl-hallpass leases '              | <leases><>               | ind
          'kubectl-hallpass leases --context k'   | <leases><--context><k>   | kind
          'kubectl-hallpass leases --context=k'   | <leases><--context=k>    | --context=kind
          'kubectl-hallpass leases --context a@k' | <leases><--context><a@k> | a@kind
          'kubectl-hallpass leases --cont'        | <leases><--cont>         | --contind
          'kubectl-hallpass explain pod/k'        | <explain><pod/k>         | pod/kind
          'kubectl-hallpass explain pod'          | <explain><pod>           | pod/
          'kubectl-hallpass explain nothing'      | <explain><nothing>       | ''
          'kubectl-hallpass leases --as "a b" k'  | <leases><--as><a b><k>   | kind
          'kubectl-hallpass audit verify trail'   | <audit><verify><trail>   | trail.jsonl
          'kubectl-hallpass leases --pod=trail'   | <leases><--pod=trail>    | --pod=trail.jsonl
          """)
  void fishOffers(String line, String asked, String candidates) throws IOException {
    assertThat(typing(Shell.fish).tab(line)).isEqualTo(candidates);
    assertThat(asked()).isEqualTo("<__complete>" + asked);
  }

  /** The first Tab is not the one that only loads it. */
  @Test
  void zshFindsItInItsFolderOfFunctions() throws IOException {
    assertThat(typing(Shell.zsh).autoloading().tab("kubectl-hallpass leases k"))
        .isEqualTo("kubectl-hallpass leases kind ");
  }

  @ParameterizedTest
  @EnumSource
  void thePluginItselfIsAsked(Shell shell) throws IOException {
    var plugin =
        "exec '%s/bin/java' -cp '%s' %s \"$@\"\n"
            .formatted(System.getProperty("java.home"), classPath(), Plugin.class.getName());

    assertThat(new TypingShell(shell, folder).with(plugin).tab("kubectl-hallpass sta"))
        .isEqualTo(shell == Shell.zsh ? "kubectl-hallpass status " : "status");
  }

  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private TypingShell typing(Shell shell) throws IOException {
    Files.createFile(folder.resolve("trail.jsonl"));
    return new TypingShell(shell, folder).with(ECHO);
  }

  private String asked() throws IOException {
    return Files.readString(folder.resolve("asked"));
  }
}
