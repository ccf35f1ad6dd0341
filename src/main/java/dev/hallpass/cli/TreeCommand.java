package dev.hallpass.cli;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "tree",
    aliases = "get",
    description = "Requests, the pods they select, and the leases of these.")
final class TreeCommand implements Callable<Integer> {
  private final Surface surface;
  private final Cluster.Connector connector;

  @Mixin ScopeOptions where = new ScopeOptions();
  @Mixin OutputOptions output = new OutputOptions();

  @Parameters(arity = "0..1", paramLabel = "creq/NAME", description = "This request alone.")
  @Nullable String request;

  TreeCommand(Surface surface, Cluster.Connector connector) {
    this.surface = surface;
    this.connector = connector;
  }

  @Override
  public Integer call() {
    var wanted = request == null ? null : Named.parse(request, Named.Kind.REQUEST).name();
    var cluster = connector.connect(where.cluster);
    var scope = where.of(cluster);
    var now = surface.clock().instant();
    try (var reads = new Reads()) {
      var pods = reads.start(() -> scope.in(cluster.client(), Pod.class).list().getItems());
      var seen = Snapshot.read(cluster, scope, now);
      if (seen.isEmpty()) {
        scope.mustExist(cluster.client());
      }
      var report = TreeReport.of(seen, pods.get());
      show(wanted == null ? report : only(wanted, report));
    }
    return ExitCode.OK.code();
  }

  private static TreeReport only(String name, TreeReport report) {
    var found = report.requests().stream().filter(r -> r.name().equals(name)).toList();
    if (found.isEmpty()) {
      throw new Failure(
          ExitCode.ABSENT,
          "there is no CredentialRequest %s in %s".formatted(name, report.scope()));
    }
    return new TreeReport(report.scope(), report.at(), List.copyOf(found));
  }

  private void show(TreeReport report) {
    if (output.forPeople()) {
      var page = surface.page();
      TreeText.write(report, page);
      surface.print(page);
    } else {
      surface.print(output.written(report));
    }
  }
}
