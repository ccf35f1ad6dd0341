package dev.hallpass.cli;

import dev.hallpass.policy.cases.MalformedCasesException;
import dev.hallpass.policy.cases.Outcome;
import dev.hallpass.policy.cases.PolicyCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(name = "policy", description = "Work with policies, without a cluster.")
final class PolicyCommand implements Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  private PolicyCommand() {}

  /** It and its one command. */
  static CommandLine line(Surface surface) {
    return new CommandLine(new PolicyCommand()).addSubcommand(new TestCommand(surface));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name a command: test");
  }

  @Command(
      name = "test",
      description = {
        "Runs the cases that authors wrote for their policies.",
        "Files hold CredentialPolicies, ConfigMaps they take parameters from, and cases:"
            + " docs/policy.md."
      })
  static final class TestCommand implements Callable<Integer> {
    private final Surface surface;

    @Mixin OutputOptions output = new OutputOptions();

    @Option(
        names = {"-f", "--filename"},
        required = true,
        paramLabel = "FILE",
        description = "A file of policies or cases, or a folder of these; several times.")
    List<Path> files = new ArrayList<>();

    TestCommand(Surface surface) {
      this.surface = surface;
    }

    @Override
    public Integer call() {
      var outcomes = outcomes();
      if (output.forPeople()) {
        var page = surface.page();
        write(outcomes, page);
        surface.print(page);
      } else {
        surface.print(output.written(outcomes));
      }
      return (outcomes.stream().allMatch(Outcome::passed) ? ExitCode.OK : ExitCode.FINDING).code();
    }

    private List<Outcome> outcomes() {
      try {
        var texts = new LinkedHashMap<String, String>();
        files.stream()
            .flatMap(f -> found(f).stream())
            .forEach(f -> texts.put(f.toString(), text(f)));
        return PolicyCases.of(texts).run();
      } catch (MalformedCasesException e) {
        throw new Failure(ExitCode.USAGE, String.valueOf(e.getMessage()));
      }
    }

    private static List<Path> found(Path path) {
      if (!Files.isDirectory(path)) {
        return List.of(path);
      }
      try (var files = Files.list(path)) {
        return files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
      } catch (IOException e) {
        throw new Failure(ExitCode.USAGE, "%s cannot be read".formatted(path));
      }
    }

    private String text(Path file) {
      try {
        return Files.readString(file);
      } catch (IOException e) {
        throw new Failure(ExitCode.USAGE, "%s cannot be read".formatted(file));
      }
    }

    private static void write(List<Outcome> outcomes, Page page) {
      for (var outcome : outcomes) {
        page.line(
            "%s %s"
                .formatted(
                    outcome.passed() ? page.in(Tone.GOOD, "✓") : page.in(Tone.BAD, "✗"),
                    outcome.name()));
        outcome.differences().forEach(d -> page.line("    " + d));
      }
      var failed = outcomes.stream().filter(o -> !o.passed()).count();
      page.line("%d passed, %d failed".formatted(outcomes.size() - failed, failed));
    }
  }
}
