package dev.hallpass.cli;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of commands about one namespace or all. */
final class ScopeOptions {
  @Mixin ClusterOptions cluster = new ClusterOptions();

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "All namespaces.")
  boolean everywhere;

  Namespaces of(Cluster found) {
    return everywhere ? new Namespaces.All() : new Namespaces.One(found.namespace());
  }
}
