package dev.hallpass.cli;

/**
 * Runs many commands in one process, so that a cache of what it loaded holds what each of them
 * needs. {@code hack/install-cli} makes that cache; nobody else runs this.
 */
public final class Rehearsal {
  private Rehearsal() {}

  /**
   * Each argument is a command line, whose words are apart by a space. Ends as the worst of them.
   */
  public static void main(String[] lines) {
    var worst = 0;
    for (var line : lines) {
      var surface = Surface.ofProcess();
      var words = line.split(" ", -1);
      var code = Plugin.line(surface, new KubeconfigConnector(), words).execute(words);
      worst = Math.max(worst, code);
    }
    System.exit(worst);
  }
}
