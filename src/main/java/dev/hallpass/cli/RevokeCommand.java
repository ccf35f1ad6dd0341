package dev.hallpass.cli;

import dev.hallpass.api.v1alpha1.ClusterCredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.cli.Named.Kind;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Nameable;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "revoke",
    description = {
      "Ends credentials, and waits until the targets confirm it.",
      "A lease, or all of a provider, are deleted. A pod or a request is annotated"
          + " hallpass.dev/revoke; its pods may ask again, unless --block is given."
    })
final class RevokeCommand implements Callable<Integer> {
  private final Surface surface;
  private final Cluster.Connector connector;

  @Mixin ScopeOptions where = new ScopeOptions();

  @Parameters(
      arity = "0..*",
      paramLabel = "KIND/NAME",
      description = "clease/NAME, pod/NAME, creq/NAME, cprov/NAME or ccprov/NAME.")
  List<String> objects = new ArrayList<>();

  @Option(names = "--all", description = "All leases of the namespace, with -A of all of them.")
  boolean all;

  @Option(
      names = "--block",
      description = "Of pods and requests: and nothing is issued until --unblock.")
  boolean block;

  @Option(names = "--unblock", description = "Of pods and requests: take the order back.")
  boolean unblock;

  @Option(names = "--dry-run", description = "Show what would end, and end nothing.")
  boolean dryRun;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask before many leases are ended.")
  boolean yes;

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      defaultValue = "30s",
      description = "How long to wait for the targets, 30s where it is left out; 0s: not at all.")
  String wait = "30s";

  RevokeCommand(Surface surface, Cluster.Connector connector) {
    this.surface = surface;
    this.connector = connector;
  }

  @Override
  public Integer call() throws InterruptedException {
    var patience = Times.parse("--wait", wait);
    var named = objects.stream().map(o -> Named.parse(o, Kind.values())).toList();
    requireSense(named);
    var cluster = connector.connect(where.cluster);
    var scope = where.of(cluster);
    var revocations = new Revocations(surface, cluster, scope);
    if (unblock) {
      named.forEach(revocations::allow);
      return ExitCode.OK.code();
    }
    var plan = plan(named, scope.in(cluster.client(), CredentialLease.class).list().getItems());
    requireLeases(named, plan, scope);
    named.stream().filter(plan::passes).forEach(n -> requireProvider(n, scope, cluster.client()));
    if (plan.ending().isEmpty()) {
      scope.mustExist(cluster.client());
    }
    if (dryRun) {
      plan.ending().keySet().forEach(l -> surface.print("%s would end\n".formatted(l)));
      return ExitCode.OK.code();
    }
    if (asksFirst(named)
        && !plan.ending().isEmpty()
        && !yes
        && !surface.confirmed(question(plan, scope))) {
      surface.remark("nothing is revoked");
      return ExitCode.FINDING.code();
    }
    var all = revocations.order(plan);
    var code = patience.isZero() ? ExitCode.OK.code() : outcome(revocations, plan, patience);
    return all ? code : ExitCode.FINDING.code();
  }

  private RevokePlan plan(List<Named> named, List<CredentialLease> leases) {
    return all
        ? RevokePlan.ofAll(leases)
        : RevokePlan.of(
            named,
            leases,
            block ? RevokePlan.Duration.STANDING : RevokePlan.Duration.ONCE,
            surface.clock().instant());
  }

  private void requireSense(List<Named> named) {
    if (all == !named.isEmpty()) {
      throw new Failure(ExitCode.USAGE, "name what to revoke, or give --all");
    }
    if (block && unblock) {
      throw new Failure(ExitCode.USAGE, "give --block or --unblock, not both");
    }
    if (unblock && dryRun) {
      throw new Failure(ExitCode.USAGE, "--dry-run shows what would end; --unblock ends nothing");
    }
    var ordered = named.stream().allMatch(n -> n.kind() == Kind.POD || n.kind() == Kind.REQUEST);
    if ((block || unblock) && (all || !ordered)) {
      throw new Failure(
          ExitCode.USAGE,
          "--block and --unblock are for pods and requests; name pod/NAME or creq/NAME");
    }
    if (where.everywhere && named.stream().anyMatch(n -> n.kind() != Kind.CLUSTER_PROVIDER)) {
      throw new Failure(
          ExitCode.USAGE,
          "-A goes with --all and with ccprov/NAME; others are of one namespace: -n");
    }
  }

  private static void requireLeases(List<Named> named, RevokePlan plan, Namespaces scope) {
    for (var object : named) {
      if (object.kind() == Kind.LEASE
          && plan.deletions().stream()
              .noneMatch(l -> l.getMetadata().getName().equals(object.name()))) {
        throw new Failure(
            ExitCode.ABSENT, "there is no live lease %s in %s".formatted(object.name(), scope));
      }
    }
  }

  /** A mistyped name is not to read as done; whoever may not look is not told that it is wrong. */
  private static void requireProvider(Named object, Namespaces scope, KubernetesClient client) {
    switch (object.kind()) {
      case PROVIDER -> {
        if (scope instanceof Namespaces.One(var namespace)) {
          requireProvider(
              object,
              " in " + scope,
              client.resources(CredentialProvider.class).inNamespace(namespace));
        }
      }
      case CLUSTER_PROVIDER ->
          requireProvider(object, "", client.resources(ClusterCredentialProvider.class));
      case LEASE, POD, REQUEST -> {}
    }
  }

  private static <T extends HasMetadata> void requireProvider(
      Named object, String where, Nameable<Resource<T>> providers) {
    if (Reading.one(() -> providers.withName(object.name()).get()).absent()) {
      throw new Failure(
          ExitCode.ABSENT,
          "there is no %s/%s%s".formatted(object.kind().word(), object.name(), where));
    }
  }

  private boolean asksFirst(List<Named> named) {
    return all
        || named.stream()
            .anyMatch(n -> n.kind() == Kind.PROVIDER || n.kind() == Kind.CLUSTER_PROVIDER);
  }

  private static String question(RevokePlan plan, Namespaces scope) {
    var pods = plan.ending().values().stream().map(l -> l.getSpec().pod().uid()).distinct().count();
    return "%d leases of %d pods in %s end.".formatted(plan.ending().size(), pods, scope);
  }

  private int outcome(Revocations revocations, RevokePlan plan, Duration patience)
      throws InterruptedException {
    if (plan.ending().isEmpty()) {
      surface.remark("no live lease is concerned");
      return ExitCode.OK.code();
    }
    var left = revocations.await(plan, patience);
    left.values()
        .forEach(
            l -> {
              var view = LeaseView.of(l);
              surface.remark(
                  "clease/%s is still %s after %s%s"
                      .formatted(
                          view.name(),
                          view.phase(),
                          Spans.of(patience),
                          view.trouble() == null ? "" : ": " + view.trouble()));
            });
    return (left.isEmpty() ? ExitCode.OK : ExitCode.FINDING).code();
  }
}
