package dev.hallpass.cli;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.BreakGlassSpec.Outcome;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "review",
    description =
        "Reviews a break-glass that somebody else opened; without a name, lists those that wait.")
final class ReviewCommand implements Callable<Integer> {
  private final Surface surface;
  private final Cluster.Connector connector;

  @Mixin ScopeOptions where = new ScopeOptions();

  @Parameters(arity = "0..1", paramLabel = "BREAK-GLASS", description = "By its name.")
  @Nullable String name;

  @Option(
      names = "--outcome",
      paramLabel = "OUTCOME",
      description = "Justified, FollowUp (right, but something must change) or Unjustified.")
  @Nullable Outcome outcome;

  @Option(
      names = "--comment",
      paramLabel = "TEXT",
      description = "What was found, and what follows from it, in 10 characters at least.")
  @Nullable String comment;

  @Option(
      names = "--uid",
      paramLabel = "UID",
      description =
          "The metadata.uid of the break-glass that you have read: then another of its name is not"
              + " reviewed.")
  @Nullable String uid;

  /** What whoever reviews it runs, but for their own words. */
  static String line(String name, String namespace) {
    return "kubectl hallpass review %s -n %s --outcome OUTCOME --comment TEXT"
        .formatted(name, namespace);
  }

  ReviewCommand(Surface surface, Cluster.Connector connector) {
    this.surface = surface;
    this.connector = connector;
  }

  @Override
  public Integer call() {
    if (name == null) {
      return list();
    }
    if (outcome == null || comment == null) {
      throw new Failure(ExitCode.USAGE, "--outcome and --comment must be given");
    }
    var cluster = connector.connect(where.cluster);
    var found =
        cluster
            .client()
            .resources(BreakGlass.class)
            .inNamespace(cluster.namespace())
            .withName(name);
    found.patch(
        PatchContext.of(PatchType.JSON_MERGE),
        cluster
            .client()
            .getKubernetesSerialization()
            .asJson(
                Map.of(
                    "metadata",
                    Map.of("uid", meant(found.get(), cluster.namespace())),
                    "spec",
                    Map.of("review", Map.of("outcome", outcome, "comment", comment)))));
    surface.print("bglass/%s is reviewed: %s\n".formatted(name, outcome));
    return ExitCode.OK.code();
  }

  /** The UID is a condition: another break-glass may come to have the name. */
  private String meant(@Nullable BreakGlass found, String namespace) {
    if (found == null) {
      throw new Failure(
          ExitCode.ABSENT, "there is no break-glass %s in namespace %s".formatted(name, namespace));
    }
    var actual = found.getMetadata().getUid();
    if (uid != null && !uid.equals(actual)) {
      throw new Failure(
          ExitCode.ABSENT,
          "bglass/%s is another one now, with the UID %s; look at what it was opened for"
              .formatted(name, actual));
    }
    return actual;
  }

  private int list() {
    var cluster = connector.connect(where.cluster);
    var scope = where.of(cluster);
    var waiting =
        scope.in(cluster.client(), BreakGlass.class).list().getItems().stream()
            .filter(g -> g.getSpec().review() == null)
            .map(BreakGlassView::of)
            .toList();
    if (waiting.isEmpty()) {
      scope.mustExist(cluster.client());
      surface.remark("No break-glass waits for a review in %s.".formatted(scope));
      return ExitCode.OK.code();
    }
    var table =
        Table.headed(
            List.of(
                "NAMESPACE", "NAME", "PHASE", "OPENED-BY", "INCIDENT", "ENDS", "JUSTIFICATION"));
    var now = surface.clock().instant();
    waiting.forEach(
        g ->
            table.row(
                List.of(
                    Cell.of(g.namespace()),
                    Cell.of(g.name()),
                    Cell.of(g.open() ? Tone.BAD : Tone.WARNING, g.phase()),
                    Cell.of(g.openedBy()),
                    Cell.of(g.incident()),
                    Cell.of(Spans.until(g.endsAt(), now)),
                    Cell.of(g.justification()))));
    surface.print(surface.page().table("", table));
    return ExitCode.FINDING.code();
  }
}
