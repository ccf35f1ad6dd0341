package dev.hallpass.cli;

import dev.hallpass.cli.Named.Kind;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What may follow on a command line. What an argument takes is what its label in the help says, so
 * that both are one.
 */
final class Candidates {
  private static final String NAMED = "/NAME";

  private final TypedLine line;
  private final Supplier<LiveNames> names;

  private Candidates(TypedLine line, Supplier<LiveNames> names) {
    this.line = line;
    this.names = names;
  }

  /**
   * What may follow on this line.
   *
   * @param names asked only where the line needs names of objects
   */
  static Suggestions of(TypedLine line, Supplier<LiveNames> names) {
    return new Candidates(line, names).suggestions();
  }

  private Suggestions suggestions() {
    var expected = line.expected();
    if (expected.filter(a -> label(a).equals("FILE")).isPresent()) {
      return Suggestions.files();
    }
    return Suggestions.of(
        words(expected)
            .filter(w -> w.startsWith(line.last()))
            .filter(w -> !line.objects().contains(w))
            .map(w -> line.lead() + w)
            .distinct()
            .toList());
  }

  private Stream<String> words(Optional<ArgSpec> expected) {
    return expected.isPresent()
        ? values(expected.get())
        : line.last().startsWith("-") ? options(line.command()) : commands(line.command());
  }

  private static Stream<String> options(CommandSpec command) {
    return command.options().stream().filter(o -> !o.hidden()).map(OptionSpec::longestName);
  }

  private static Stream<String> commands(CommandSpec command) {
    return command.subcommands().values().stream()
        .map(l -> l.getCommandSpec())
        .filter(s -> !s.usageMessage().hidden())
        .map(CommandSpec::name);
  }

  private Stream<String> values(ArgSpec argument) {
    if (argument.completionCandidates() != null) {
      return StreamSupport.stream(argument.completionCandidates().spliterator(), false);
    }
    var label = label(argument);
    return switch (label) {
      case "CONTEXT" -> names.get().contexts();
      case "NAMESPACE" -> names.get().namespaces();
      case "POD" -> names.get().of(Kind.POD);
      case "PROVIDER" -> Stream.of(Kind.PROVIDER, Kind.CLUSTER_PROVIDER).flatMap(names.get()::of);
      case "LEASE" -> names.get().leases();
      case "WAITING-LEASE" -> names.get().waitingLeases();
      case "OPEN-BREAK-GLASS" -> names.get().openBreakGlasses();
      case "BREAK-GLASS" -> names.get().unreviewedBreakGlasses();
      case "CREDENTIAL" -> names.get().credentials(line.objects());
      default -> label.contains(NAMED) ? objects(kinds(label)) : Stream.empty();
    };
  }

  /** The kind's word first where there are several; then its objects. */
  private Stream<String> objects(List<Kind> kinds) {
    var typed = kinds.stream().filter(k -> line.last().startsWith(k.word() + "/")).findFirst();
    var only = kinds.size() == 1 ? Optional.of(kinds.getFirst()) : typed;
    return only.isPresent()
        ? names.get().of(only.get()).map(n -> only.get().word() + "/" + n)
        : kinds.stream().map(k -> k.word() + "/");
  }

  private static List<Kind> kinds(String label) {
    var words = List.of(label.replace(NAMED, "").split("\\|", -1));
    return Stream.of(Kind.values())
        .filter(k -> words.contains("KIND") || words.contains(k.word()))
        .toList();
  }

  private static String label(ArgSpec argument) {
    return argument.paramLabel();
  }
}
