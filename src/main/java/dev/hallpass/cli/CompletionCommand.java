package dev.hallpass.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "completion",
    description = {
      "Prints a script that completes kubectl-hallpass in a shell.",
      "kubectl itself completes 'kubectl hallpass' by kubectl_complete-hallpass, which"
          + " hack/install-cli puts beside the plugin."
    })
final class CompletionCommand implements Callable<Integer> {
  private final Surface surface;

  /** Shells, spelt as their commands. */
  enum Shell {
    bash,
    zsh,
    fish
  }

  @Parameters(paramLabel = "bash|zsh|fish", description = "The shell.")
  Shell shell = Shell.bash;

  CompletionCommand(Surface surface) {
    this.surface = surface;
  }

  @Override
  public Integer call() {
    surface.print(script(shell));
    return ExitCode.OK.code();
  }

  /** What the shell is to run; it asks {@link CandidatesCommand} then. */
  static String script(Shell shell) {
    var file = "completion." + shell;
    try (var in = CompletionCommand.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("the plugin was built without " + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
