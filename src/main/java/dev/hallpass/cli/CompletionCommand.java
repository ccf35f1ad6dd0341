package dev.hallpass.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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
    zsh
  }

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "bash|zsh", description = "The shell.")
  Shell shell = Shell.bash;

  CompletionCommand(Surface surface) {
    this.surface = surface;
  }

  @Override
  public Integer call() {
    var script = AutoComplete.bash("kubectl-hallpass", new CommandLine(spec.root()));
    surface.print(
        switch (shell) {
          case bash -> script;
          case zsh -> "autoload -U +X bashcompinit && bashcompinit\n" + script;
        });
    return ExitCode.OK.code();
  }
}
