package dev.hallpass.cli;

import static java.util.Comparator.comparing;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.lease.LeaseJudge;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "leases",
    description = "Who holds what, and until when; with --watch, each change as it happens.")
final class LeasesCommand implements Callable<Integer> {
  private final Surface surface;
  private final Cluster.Connector connector;

  @Mixin ScopeOptions where = new ScopeOptions();
  @Mixin OutputOptions output = new OutputOptions();

  @Option(names = "--pod", paramLabel = "POD", description = "Those of this pod.")
  @Nullable String pod;

  @Option(names = "--provider", paramLabel = "PROVIDER", description = "Those of this provider.")
  @Nullable String provider;

  @Option(names = "--ended", description = "Also those that have ended and are still readable.")
  boolean ended;

  @Option(
      names = {"-w", "--watch"},
      description = "Then go on with each change, until it is interrupted.")
  boolean watch;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "With --watch: for so long, e.g. 5m.")
  @Nullable String timeout;

  LeasesCommand(Surface surface, Cluster.Connector connector) {
    this.surface = surface;
    this.connector = connector;
  }

  @Override
  public Integer call() throws InterruptedException {
    var limit = limit();
    var cluster = connector.connect(where.cluster);
    var scope = where.of(cluster);
    var list = scope.in(cluster.client(), CredentialLease.class).list();
    var leases =
        list.getItems().stream()
            .filter(this::wanted)
            .filter(l -> ended || !LeaseJudge.over(l))
            .sorted(
                comparing((CredentialLease l) -> l.getMetadata().getNamespace())
                    .thenComparing(l -> l.getMetadata().getName()))
            .toList();
    if (leases.isEmpty()) {
      scope.mustExist(cluster.client());
    }
    show(leases, scope);
    if (watch) {
      var changes = new LeaseChanges(surface, output.form, this::wanted);
      changes.follow(
          scope.in(cluster.client(), CredentialLease.class),
          list.getMetadata().getResourceVersion(),
          list.getItems(),
          limit);
    }
    return ExitCode.OK.code();
  }

  private @Nullable Duration limit() {
    return timeout == null ? null : Times.parse("--timeout", timeout);
  }

  private boolean wanted(CredentialLease lease) {
    return (pod == null || lease.getSpec().pod().name().equals(pod))
        && (provider == null || lease.getSpec().providerRef().name().equals(provider));
  }

  private void show(List<CredentialLease> leases, Namespaces scope) {
    switch (output.form) {
      case text, wide -> {
        var now = surface.clock().instant();
        var page = surface.page();
        if (leases.isEmpty()) {
          surface.remark("No %sleases in %s.".formatted(ended ? "" : "live ", scope));
        } else {
          page.table(
              "",
              LeasesText.table(
                  leases.stream().map(LeaseView::of).toList(), scope, output.form, now));
        }
        surface.print(page);
      }
      case json, yaml -> {
        leases.forEach(l -> l.getMetadata().setManagedFields(null));
        surface.print(output.written(Map.of("apiVersion", "v1", "kind", "List", "items", leases)));
      }
    }
  }
}
