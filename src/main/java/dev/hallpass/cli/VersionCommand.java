package dev.hallpass.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "version", description = "The plugin's version.")
final class VersionCommand implements Callable<Integer> {
  private final Surface surface;

  VersionCommand(Surface surface) {
    this.surface = surface;
  }

  @Override
  public Integer call() {
    surface.print("kubectl-hallpass %s\n".formatted(VersionSource.version()));
    return ExitCode.OK.code();
  }
}
