package dev.hallpass.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** The plugin's version, which the jar's manifest holds. */
final class VersionSource implements IVersionProvider {

  /** Without a jar it is development's. */
  static String version() {
    return Optional.ofNullable(VersionSource.class.getPackage().getImplementationVersion())
        .orElse("development");
  }

  @Override
  public String[] getVersion() {
    return new String[] {"kubectl-hallpass " + version()};
  }
}
