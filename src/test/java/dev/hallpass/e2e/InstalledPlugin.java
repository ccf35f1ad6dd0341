package dev.hallpass.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** kubectl-hallpass on this machine, as {@code hack/install-cli} put it there. */
record InstalledPlugin(Path bin, String kubeconfig) {

  /** What a command came to. */
  record Run(int code, String out, String err) {}

  /** For all tests; made by the first that needs it. */
  private static final class Once {
    static final InstalledPlugin PLUGIN = make();
  }

  static InstalledPlugin install() {
    return Once.PLUGIN;
  }

  private static InstalledPlugin make() {
    var prefix = Path.of("target", "plugin").toAbsolutePath();
    Host.run("env", "PREFIX=" + prefix, "hack/install-cli");
    var given = System.getenv("KUBECONFIG");
    return new InstalledPlugin(
        prefix.resolve("bin"),
        given == null || given.isEmpty() ? Host.run("hack/cluster", "kubeconfig").strip() : given);
  }

  /** Runs a command about a namespace. */
  Run run(String namespace, String... arguments) {
    var command = new ArrayList<>(List.of(bin.resolve("kubectl-hallpass").toString()));
    command.addAll(List.of(arguments));
    if (!arguments[0].startsWith("-")) {
      command.addAll(List.of("-n", namespace));
    }
    return run(command);
  }

  /** What kubectl is told may follow. */
  String candidates(String word) {
    return run(List.of(bin.resolve("kubectl_complete-hallpass").toString(), word)).out();
  }

  private Run run(List<String> command) {
    try {
      var err = Files.createTempFile("hallpass", ".err");
      var builder = new ProcessBuilder(command).redirectError(err.toFile());
      builder.environment().put("KUBECONFIG", kubeconfig);
      var process = builder.start();
      process.getOutputStream().close();
      var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      var code = process.waitFor();
      var said = Files.readString(err);
      Files.delete(err);
      return new Run(code, out, said);
    } catch (IOException e) {
      throw new IllegalStateException(String.join(" ", command), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(String.join(" ", command), e);
    }
  }
}
