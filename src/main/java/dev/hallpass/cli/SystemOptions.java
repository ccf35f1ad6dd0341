package dev.hallpass.cli;

import picocli.CommandLine.Option;

/** Where Hallpass itself is. */
final class SystemOptions {
  @Option(
      names = "--system-namespace",
      paramLabel = "NAMESPACE",
      defaultValue = "hallpass-system",
      description = "The namespace of Hallpass itself; hallpass-system where it is left out.")
  String namespace = "hallpass-system";
}
