package dev.hallpass.cli;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that reaches a cluster, with the meaning they have in kubectl. */
final class ClusterOptions {
  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "The kubeconfig to use instead of KUBECONFIG or ~/.kube/config.")
  @Nullable Path kubeconfig;

  @Option(
      names = "--context",
      paramLabel = "CONTEXT",
      description = "The context of the kubeconfig to use instead of its current one.")
  @Nullable String context;

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      description = "The namespace to use instead of the context's.")
  @Nullable String namespace;

  @Option(
      names = "--as",
      paramLabel = "USER",
      description = "The user to act as, where your own may impersonate it.")
  @Nullable String user;

  @Option(
      names = "--as-group",
      paramLabel = "GROUP",
      description = "A group to act as a member of, with --as; may be given again.")
  List<String> groups = List.of();

  /** These, and of those that were given before the command what is not among them. */
  ClusterOptions or(ClusterOptions before) {
    var all = new ClusterOptions();
    all.kubeconfig = kubeconfig == null ? before.kubeconfig : kubeconfig;
    all.context = context == null ? before.context : context;
    all.namespace = namespace == null ? before.namespace : namespace;
    all.user = user == null ? before.user : user;
    all.groups = groups.isEmpty() ? before.groups : groups;
    return all;
  }
}
