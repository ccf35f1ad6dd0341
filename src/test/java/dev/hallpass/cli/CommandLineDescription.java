package dev.hallpass.cli;

import static java.util.stream.Collectors.joining;

import java.io.PrintWriter;
import java.io.Writer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Describes the plugin's command line, in Markdown. */
public final class CommandLineDescription {
  private CommandLineDescription() {}

  /** The whole page. */
  public static String page() {
    var nowhere = new PrintWriter(Writer.nullWriter());
    var surface = new Surface(nowhere, nowhere, null, Paint.NONE, Clock.systemUTC());
    var root =
        Plugin.line(
            surface,
            options -> {
              throw new IllegalStateException("nothing is called");
            });
    var page =
        new StringBuilder(
            """
            # kubectl hallpass

            Generated from the plugin by `hack/generate`. How to work with it: [cli.md](../cli.md).

            ## Exit codes

            | code | when |
            |---|---|
            """);
    for (var code : ExitCode.values()) {
      page.append("| %d | %s |%n".formatted(code.code(), code.meaning()));
    }
    page.append("\n## Before the command\n\nOr behind it, which then counts.\n");
    options(root, page);
    for (var command : leaves(root)) {
      describe(command, page);
    }
    return page.toString();
  }

  private static List<CommandLine> leaves(CommandLine root) {
    var leaves = new ArrayList<CommandLine>();
    root.getSubcommands().values().stream()
        .distinct()
        .filter(c -> !c.getCommandSpec().usageMessage().hidden())
        .forEach(c -> leaves.addAll(c.getSubcommands().isEmpty() ? List.of(c) : leaves(c)));
    return leaves;
  }

  private static void describe(CommandLine command, StringBuilder page) {
    var spec = command.getCommandSpec();
    var name = spec.qualifiedName(" ").replace("kubectl-hallpass", "kubectl hallpass");
    var parameters =
        spec.positionalParameters().stream()
            .map(p -> p.arity().min() == 0 ? "[" + p.paramLabel() + "]" : p.paramLabel())
            .collect(joining(" "));
    page.append("%n## %s%n%n".formatted(name.substring("kubectl hallpass ".length())));
    page.append(String.join(" ", spec.usageMessage().description())).append("\n\n");
    page.append("    %s%s%n".formatted(name, parameters.isEmpty() ? "" : " " + parameters));
    if (spec.aliases().length > 0) {
      page.append("%nAlso: `%s`.%n".formatted(String.join("`, `", spec.aliases())));
    }
    if (spec.positionalParameters().isEmpty()
        && spec.options().stream().allMatch(CommandLineDescription::isHelp)) {
      return;
    }
    options(command, page);
  }

  private static void options(CommandLine command, StringBuilder page) {
    var spec = command.getCommandSpec();
    page.append("\n| | |\n|---|---|\n");
    spec.positionalParameters()
        .forEach(
            p ->
                page.append(
                    "| `%s` | %s |%n"
                        .formatted(
                            p.paramLabel().replace("|", "\\|"),
                            String.join(" ", p.description()))));
    spec.options().stream().filter(o -> !isHelp(o)).forEach(o -> page.append(row(o)));
  }

  private static boolean isHelp(OptionSpec option) {
    return option.usageHelp() || option.versionHelp();
  }

  private static String row(OptionSpec option) {
    var names = String.join("`, `", option.names());
    var value = option.arity().max() == 0 ? "" : " " + option.paramLabel();
    return "| `%s%s` | %s |%n".formatted(names, value, String.join(" ", option.description()));
  }
}
