package dev.hallpass.cli;

import dev.hallpass.cli.CompletionCommand.Shell;
import dev.hallpass.testing.Installed;
import dev.hallpass.testing.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A real shell with the completion script, in which somebody types a line and presses Tab. A test
 * is skipped where there is no such shell.
 *
 * @param folder where it runs, with what it needs
 */
record TypingShell(Shell shell, Path folder) {
  private static final String PLUGIN = "kubectl-hallpass";
  private static final String SCRIPT = "script";
  private static final String TYPED = "typed";

  /** Where zsh looks for functions by itself. */
  private static final String FUNCTIONS = "functions";

  /** Zsh completes on a terminal alone: one of its own. */
  private static final String ZSH =
      """
      zmodload zsh/zpty
      export ZDOTDIR=$PWD TERM=dumb
      zpty typist zsh -d -i
      while zpty -r typist seen; do screen+=$seen; done
      [[ -f typed ]] || { print -r -- "nothing was typed: $screen" >&2; exit 1 }
      """;

  private static final String ZSHRC =
      """
      PS1='> '
      fpath=($PWD/functions $fpath)
      autoload -Uz compinit
      compinit -D -u
      [[ ! -f script ]] || source ./script
      zle-line-init() { zle complete-word; print -rn -- "$BUFFER" >typed; exit }
      zle -N zle-line-init
      print -z --\s""";

  TypingShell {
    Installed.orSkip(shell.name());
  }

  /** The plugin is a program of these commands; the script is sourced. */
  TypingShell with(String plugin) throws IOException {
    var program = Files.writeString(folder.resolve(PLUGIN), "#!/bin/sh\n" + plugin);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    Files.writeString(folder.resolve(SCRIPT), CompletionCommand.script(shell));
    return this;
  }

  /** Zsh finds the script by itself. */
  TypingShell autoloading() throws IOException {
    var functions = Files.createDirectory(folder.resolve(FUNCTIONS));
    Files.move(folder.resolve(SCRIPT), functions.resolve("_" + PLUGIN));
    return this;
  }

  /**
   * Presses Tab behind this line.
   *
   * @return in zsh the line as it is then; in the others what may take the place of the last word,
   *     one a line
   */
  String tab(String line) throws IOException {
    return switch (shell) {
      case bash ->
          run(
              "bash --norc -c",
              """
              . ./script
              COMP_LINE=%s COMP_POINT=${#COMP_LINE}
              _kubectl_hallpass
              printf '%%s\\n' "${COMPREPLY[@]}"
              """
                  .formatted(quoted(line)));
      case fish -> run("fish --no-config -c", "source ./script; complete -C " + quoted(line));
      case zsh -> {
        Files.writeString(folder.resolve(".zshrc"), ZSHRC + quoted(line) + "\n");
        run("zsh -f -c", ZSH);
        yield Files.readString(folder.resolve(TYPED));
      }
    };
  }

  private String run(String program, String commands) {
    return ServerProcess.output(
            "sh",
            "-c",
            "cd %s && HOME=$PWD PATH=$PWD:$PATH exec %s %s"
                .formatted(quoted(folder.toString()), program, quoted(commands)))
        .stripTrailing();
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
