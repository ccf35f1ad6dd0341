package dev.hallpass.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** Answers kubectl's question what may follow, as kubectl_complete-hallpass. */
@Command(
    name = "__complete",
    hidden = true,
    description = "What may follow these words, for kubectl's own completion.")
final class CandidatesCommand implements Callable<Integer> {
  /** To kubectl: do not complete file names instead. */
  private static final String NO_FILES = ":4";

  private final Surface surface;

  @Spec CommandSpec spec = CommandSpec.create();
  @Unmatched List<String> words = new ArrayList<>();

  CandidatesCommand(Surface surface) {
    this.surface = surface;
  }

  @Override
  public Integer call() {
    candidates(spec.root(), words).forEach(c -> surface.print(c + "\n"));
    surface.print(NO_FILES + "\n");
    return ExitCode.OK.code();
  }

  /** What the last of these words may become. */
  static List<String> candidates(CommandSpec root, List<String> words) {
    var last = words.isEmpty() ? "" : words.getLast();
    var command = root;
    for (var word : words.subList(0, Math.max(0, words.size() - 1))) {
      var sub = command.subcommands().get(word);
      command = sub == null ? command : sub.getCommandSpec();
    }
    var all =
        last.startsWith("-")
            ? command.options().stream().filter(o -> !o.hidden()).map(OptionSpec::longestName)
            : command.subcommands().isEmpty()
                ? positional(command)
                : command.subcommands().values().stream()
                    .map(l -> l.getCommandSpec())
                    .filter(s -> !s.usageMessage().hidden())
                    .map(CommandSpec::name)
                    .distinct();
    return all.filter(c -> c.startsWith(last)).toList();
  }

  /** The kinds that a parameter's label shows, up to their names. */
  private static Stream<String> positional(CommandSpec command) {
    return command.positionalParameters().stream()
        .flatMap(p -> Stream.of(p.paramLabel().split("\\|", -1)))
        .map(
            l ->
                l.startsWith("KIND/")
                    ? Stream.of(Named.Kind.values()).map(k -> k.word() + "/")
                    : Stream.of(l.replace("NAME", "")))
        .flatMap(s -> s);
  }
}
