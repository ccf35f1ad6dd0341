package dev.hallpass.cli;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code kubectl hallpass}. */
@Command(
    name = "kubectl-hallpass",
    versionProvider = VersionSource.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Look at just-in-time credentials, find out why a pod has none, and end them.",
    footerHeading = "%nExit codes: ",
    footer =
        "0 all well, 1 something needs attention, 2 usage, 3 refused or unreachable, 4 absent.")
public final class Plugin implements Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  /** People who are used to kubectl give them before the command, too. */
  @Mixin ClusterOptions where = new ClusterOptions();

  private String server = "an unknown address";

  private Plugin() {}

  /** Runs one command, and ends the process with its exit code. */
  public static void main(String[] arguments) {
    var surface = Surface.ofProcess();
    var code = line(surface, new KubeconfigConnector(), arguments).execute(arguments);
    surface.out().flush();
    Farewell.hangUp();
    System.exit(code);
  }

  /** The whole command line. */
  static CommandLine line(Surface surface, Cluster.Connector connector) {
    return line(surface, connector, new String[0]);
  }

  /**
   * The command line as far as these arguments need it: to look through the commands that nobody
   * asks for takes longer than to run one.
   */
  static CommandLine line(Surface surface, Cluster.Connector connector, String[] arguments) {
    var plugin = new Plugin();
    var line = new CommandLine(plugin);
    var commands =
        commands(surface, where -> plugin.reached(connector.connect(where.or(plugin.where))));
    commands.keySet().retainAll(needed(commands.keySet(), List.of(arguments)));
    commands.values().forEach(command -> line.addSubcommand(command.get()));
    helpAtEach(line);
    return line.setOut(surface.out())
        .setErr(surface.err())
        .setColorScheme(CommandLine.Help.defaultColorScheme(ansi(surface)))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExpandAtFiles(false)
        .setParameterExceptionHandler(
            (e, args) -> {
              surface.remark(told(e));
              return ExitCode.USAGE.code();
            })
        .setExecutionExceptionHandler(
            (e, failed, parsed) -> {
              var failure = plugin.failure(e);
              surface.remark(failure.line());
              return failure.code().code();
            });
  }

  /** Remembers what to name where it does not answer. */
  private Cluster reached(Cluster cluster) {
    server = cluster.client().getConfiguration().getMasterUrl();
    return cluster;
  }

  private static void helpAtEach(CommandLine line) {
    for (var command : line.getSubcommands().values()) {
      var spec = command.getCommandSpec();
      if (!spec.usageMessage().hidden()) {
        spec.mixinStandardHelpOptions(true);
      }
      helpAtEach(command);
    }
  }

  /**
   * The command that is run, or whose line is completed; all where it is not sure which that is.
   */
  private static Set<String> needed(Set<String> all, List<String> arguments) {
    var completing = arguments.size() > 1 && arguments.getFirst().equals(CandidatesCommand.NAME);
    var words = completing ? arguments.subList(1, arguments.size() - 1) : arguments;
    // What follows an option may be its value.
    var first =
        IntStream.range(0, words.size())
            .filter(i -> !words.get(i).startsWith("-"))
            .filter(i -> i == 0 || !words.get(i - 1).startsWith("-"))
            .mapToObj(words::get)
            .findFirst()
            .filter(all::contains)
            .filter(w -> !w.equals(CandidatesCommand.NAME));
    if (first.isEmpty()) {
      return Set.copyOf(all);
    }
    return completing ? Set.of(first.get(), CandidatesCommand.NAME) : Set.of(first.get());
  }

  /**
   * By the names that need no look at the others; further names of a command are found among all.
   */
  private static Map<String, Supplier<?>> commands(Surface surface, Cluster.Connector connector) {
    var commands = new LinkedHashMap<String, Supplier<?>>();
    commands.put("status", () -> new StatusCommand(surface, connector));
    commands.put("tree", () -> new TreeCommand(surface, connector));
    commands.put("leases", () -> new LeasesCommand(surface, connector));
    commands.put("explain", () -> new ExplainCommand(surface, connector));
    commands.put("revoke", () -> new RevokeCommand(surface, connector));
    commands.put("approve", () -> new ApproveCommand(surface, connector));
    commands.put("deny", () -> new DenyCommand(surface, connector));
    commands.put("break-glass", () -> new BreakGlassCommand(surface, connector));
    commands.put("review", () -> new ReviewCommand(surface, connector));
    commands.put("policy", () -> PolicyCommand.line(surface));
    commands.put("audit", () -> AuditCommand.line(surface, connector));
    commands.put("doctor", () -> new DoctorCommand(surface, connector));
    commands.put("version", () -> new VersionCommand(surface));
    commands.put("completion", () -> new CompletionCommand(surface));
    commands.put(CandidatesCommand.NAME, () -> new CandidatesCommand(surface, connector));
    return commands;
  }

  private static CommandLine.Help.Ansi ansi(Surface surface) {
    return surface.paint() == Paint.ANSI ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF;
  }

  private static String told(ParameterException e) {
    var command = e.getCommandLine().getCommandSpec().qualifiedName();
    return "%s%s; see %s --help"
        .formatted(
            e.getMessage(),
            Near.question(meant(e)),
            command.replace("kubectl-hallpass", "kubectl hallpass"));
  }

  private static List<String> meant(ParameterException e) {
    if (!(e instanceof UnmatchedArgumentException unmatched)) {
      return List.of();
    }
    var typed = unmatched.getUnmatched().getFirst();
    var command = e.getCommandLine().getCommandSpec();
    return Near.to(
        typed,
        typed.startsWith("-")
            ? command.options().stream()
                .filter(o -> !o.hidden())
                .flatMap(o -> Stream.of(o.names()))
                .toList()
            : command.subcommands().entrySet().stream()
                .filter(c -> !c.getValue().getCommandSpec().usageMessage().hidden())
                .map(Map.Entry::getKey)
                .toList());
  }

  private Failure failure(Exception e) {
    return switch (e) {
      case Failure failure -> failure;
      case KubernetesClientException refused -> ApiErrors.failure(refused, server);
      default ->
          new Failure(
              ExitCode.INTERNAL,
              "an error of the plugin, please report it: %s (%s)"
                  .formatted(e, e.getStackTrace().length == 0 ? "" : e.getStackTrace()[0]));
    };
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name a command");
  }
}
