package dev.hallpass.cli;

import dev.hallpass.cli.Check.Verdict;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "doctor",
    description = {
      "Checks the installation: CRDs, processes, webhook, certificates, what people have applied, and"
          + " what you may do."
    })
final class DoctorCommand implements Callable<Integer> {
  private final Surface surface;
  private final Cluster.Connector connector;

  @Mixin ClusterOptions where = new ClusterOptions();
  @Mixin SystemOptions system = new SystemOptions();
  @Mixin OutputOptions output = new OutputOptions();

  DoctorCommand(Surface surface, Cluster.Connector connector) {
    this.surface = surface;
    this.connector = connector;
  }

  @Override
  public Integer call() {
    var cluster = connector.connect(where);
    var checks =
        Checkup.of(
            InstallationEvidence.read(cluster, system.namespace, surface.clock().instant()),
            Crds.ours());
    if (output.forPeople()) {
      var page = surface.page();
      write(checks, page);
      surface.print(page);
    } else {
      surface.print(output.written(checks));
    }
    return (checks.stream().anyMatch(c -> c.verdict() == Verdict.FAILED)
            ? ExitCode.FINDING
            : ExitCode.OK)
        .code();
  }

  static void write(List<Check> checks, Page page) {
    for (var check : checks) {
      page.line(
          "%s %s: %s"
              .formatted(
                  page.in(tone(check.verdict()), sign(check.verdict())),
                  check.what(),
                  check.verdict() == Verdict.UNSEEN
                      ? page.in(Tone.FAINT, check.detail())
                      : check.detail()));
      var advice = check.advice();
      if (advice != null) {
        page.line("    → " + advice);
      }
    }
  }

  private static Tone tone(Verdict verdict) {
    return switch (verdict) {
      case OK -> Tone.GOOD;
      case WARNING -> Tone.WARNING;
      case FAILED -> Tone.BAD;
      case UNSEEN, TOLD -> Tone.FAINT;
    };
  }

  private static String sign(Verdict verdict) {
    return switch (verdict) {
      case OK -> "✓";
      case WARNING -> "!";
      case FAILED -> "✗";
      case UNSEEN -> "?";
      case TOLD -> "·";
    };
  }
}
