package dev.hallpass.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a person says on either answer to a lease that waits. */
final class DecisionOptions {
  @Mixin ClusterOptions where = new ClusterOptions();

  @Parameters(paramLabel = "WAITING-LEASE", description = "By its name.")
  String lease = "";

  @Option(
      names = "--comment",
      paramLabel = "TEXT",
      description = "Why, for whoever reads it later.")
  @Nullable String comment;

  /** The lease's name, which may be given as {@code clease/NAME}. */
  String name() {
    return lease.contains("/") ? Named.parse(lease, Named.Kind.LEASE).name() : lease;
  }
}
