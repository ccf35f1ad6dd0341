package dev.hallpass.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "status",
    description = "One screen: providers, requests, pods and leases, and what needs attention.")
final class StatusCommand implements Callable<Integer> {
  private final Surface surface;
  private final Cluster.Connector connector;

  @Mixin ScopeOptions where = new ScopeOptions();
  @Mixin OutputOptions output = new OutputOptions();

  StatusCommand(Surface surface, Cluster.Connector connector) {
    this.surface = surface;
    this.connector = connector;
  }

  @Override
  public Integer call() {
    var cluster = connector.connect(where.cluster);
    var scope = where.of(cluster);
    var seen = Snapshot.read(cluster, scope, surface.clock().instant());
    if (seen.isEmpty()) {
      scope.mustExist(cluster.client());
    }
    var report = StatusReport.of(seen);
    if (output.forPeople()) {
      var page = surface.page();
      StatusText.write(report, page);
      surface.print(page);
    } else {
      surface.print(output.written(report));
    }
    return (report.needsAttention() ? ExitCode.FINDING : ExitCode.OK).code();
  }
}
