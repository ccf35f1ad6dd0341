package dev.hallpass.cli;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.BreakGlassSpec;
import dev.hallpass.api.v1alpha1.BreakGlassSpec.RequestRef;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "break-glass",
    description = {
      "In an incident: lets one credential of a request be issued without approval, and without the"
          + " policies that allow to be skipped.",
      "It is told to everybody concerned, ends by itself, and must be reviewed by somebody else."
    })
final class BreakGlassCommand implements Callable<Integer> {
  private final Surface surface;
  private final Cluster.Connector connector;

  @Mixin ClusterOptions where = new ClusterOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "creq/NAME",
      description = "The request whose pods it is for.")
  @Nullable String request;

  @Option(
      names = "--credential",
      paramLabel = "CREDENTIAL",
      description = "The one of its credentials.")
  @Nullable String credential;

  @Option(names = "--incident", paramLabel = "REFERENCE", description = "E.g. INC-4711 or a link.")
  @Nullable String incident;

  @Option(
      names = "--justification",
      paramLabel = "TEXT",
      description = "Why policy must give way, in 20 characters at least. No secrets here.")
  @Nullable String justification;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      defaultValue = "30m",
      description = "How long it is open, at most 4h; 30m where it is left out.")
  String duration = "30m";

  @Option(
      names = "--end",
      paramLabel = "OPEN-BREAK-GLASS",
      description = "Instead: ends one that is open.")
  @Nullable String end;

  BreakGlassCommand(Surface surface, Cluster.Connector connector) {
    this.surface = surface;
    this.connector = connector;
  }

  @Override
  public Integer call() {
    if (end != null) {
      end(end);
      return ExitCode.OK.code();
    }
    var name = Named.parse(required("creq/NAME", request), Named.Kind.REQUEST).name();
    Times.parse("--for", duration);
    var glass = new BreakGlass();
    glass.setSpec(
        new BreakGlassSpec(
            null,
            new RequestRef(name),
            required("--credential", credential),
            required("--justification", justification),
            required("--incident", incident),
            duration,
            null,
            null,
            null));
    glass.getMetadata().setGenerateName(name + "-");
    var cluster = connector.connect(where);
    glass.getMetadata().setNamespace(cluster.namespace());
    var made = cluster.client().resource(glass).create().getMetadata().getName();
    surface.print(
        """
        bglass/%s is open for %s: %s of creq/%s is issued past the policies that allow it
        end it by: kubectl hallpass break-glass --end %s -n %s
        somebody else must review it: %s
        """
            .formatted(
                made,
                duration,
                credential,
                name,
                made,
                cluster.namespace(),
                ReviewCommand.line(made, cluster.namespace())));
    return ExitCode.OK.code();
  }

  private void end(String name) {
    var cluster = connector.connect(where);
    var ended =
        cluster
            .client()
            .resources(BreakGlass.class)
            .inNamespace(cluster.namespace())
            .withName(name)
            .delete();
    if (ended.isEmpty()) {
      throw new Failure(
          ExitCode.ABSENT,
          "there is no break-glass %s in namespace %s".formatted(name, cluster.namespace()));
    }
    surface.print("bglass/%s ends, and what was issued under it\n".formatted(name));
  }

  private static String required(String what, @Nullable String value) {
    if (value == null) {
      throw new Failure(ExitCode.USAGE, what + " must be given");
    }
    return value;
  }
}
