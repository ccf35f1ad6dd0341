package dev.hallpass.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * A command line that is still being typed. It may be wrong, and is read as far as it can be.
 *
 * @param command the last one it names
 * @param options what was given so far, by the longest name of each
 * @param objects what was given beside options
 * @param expected what the last word is a value of; empty where it may be a command or an option
 * @param lead what of the last word is no part of that value: {@code --context=}
 * @param last the value so far
 */
record TypedLine(
    CommandSpec command,
    Map<String, List<String>> options,
    List<String> objects,
    Optional<ArgSpec> expected,
    String lead,
    String last) {

  /**
   * Reads it.
   *
   * @param words the last is the one that is being typed, and may be empty
   */
  static TypedLine of(CommandSpec root, List<String> words) {
    var reader = new Reader(root);
    var last = words.isEmpty() ? "" : words.getLast();
    words.subList(0, Math.max(0, words.size() - 1)).forEach(reader::read);
    return reader.line(last);
  }

  /** Where it would be done. */
  ClusterOptions where() {
    var where = new ClusterOptions();
    where.kubeconfig = option("--kubeconfig").map(Path::of).orElse(null);
    where.context = option("--context").orElse(null);
    where.namespace = option("--namespace").orElse(null);
    where.user = option("--as").orElse(null);
    where.groups = options.getOrDefault("--as-group", List.of());
    return where;
  }

  private Optional<String> option(String name) {
    return Optional.ofNullable(options.get(name)).map(List::getLast);
  }

  private static final class Reader {
    private final Map<String, List<String>> options = new HashMap<>();
    private final List<String> objects = new ArrayList<>();
    private CommandSpec command;
    private @Nullable OptionSpec open;

    Reader(CommandSpec root) {
      command = root;
    }

    void read(String word) {
      var subcommand = command.subcommands().get(word);
      if (open != null) {
        give(open, word);
        open = null;
      } else if (word.startsWith("-")) {
        var equals = word.indexOf('=');
        var option = option(equals < 0 ? word : word.substring(0, equals));
        if (equals < 0) {
          open = option;
        } else if (option != null) {
          give(option, word.substring(equals + 1));
        }
      } else if (subcommand != null) {
        command = subcommand.getCommandSpec();
      } else {
        objects.add(word);
      }
    }

    TypedLine line(String last) {
      if (open != null) {
        return line(open, "", last);
      }
      var equals = last.indexOf('=');
      if (!last.startsWith("-")) {
        return line(positional(), "", last);
      }
      return equals < 0
          ? line(null, "", last)
          : line(
              option(last.substring(0, equals)),
              last.substring(0, equals + 1),
              last.substring(equals + 1));
    }

    private TypedLine line(@Nullable ArgSpec expected, String lead, String last) {
      return new TypedLine(command, options, objects, Optional.ofNullable(expected), lead, last);
    }

    private void give(OptionSpec option, String value) {
      options.computeIfAbsent(option.longestName(), n -> new ArrayList<>()).add(value);
    }

    /** One that takes a value. */
    private @Nullable OptionSpec option(String name) {
      var found = command.findOption(name);
      return found == null || found.arity().max() == 0 ? null : found;
    }

    private @Nullable PositionalParamSpec positional() {
      return command.positionalParameters().stream()
          .filter(p -> p.index().contains(objects.size()))
          .findFirst()
          .orElse(null);
    }
  }
}
