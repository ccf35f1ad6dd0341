package dev.hallpass.hack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A shell in the work tree, as a person has it on a machine where nothing was built yet: its home
 * and its cache are empty, and the cluster's name is nobody's.
 */
record Shell(Path home, Map<String, String> environment) {
  private static final int PATIENCE_SECONDS = 60;

  /** How a script ended, and what it printed. */
  record Said(int code, String out, String err) {}

  static Shell in(Path home) {
    return new Shell(
        home,
        Map.of(
            "HOME", home.toString(),
            "HALLPASS_CACHE", home.resolve("cache").toString(),
            "HALLPASS_CLUSTER", "nobody"));
  }

  Shell with(String name, String value) {
    var more = new HashMap<>(environment);
    more.put(name, value);
    return new Shell(home, Map.copyOf(more));
  }

  /** Where the cache is. */
  Path cache() {
    return home.resolve("cache");
  }

  /** Runs a script to its end. */
  Said run(String script) {
    try {
      var out = Files.createTempFile(home, "run", ".out");
      var err = Files.createTempFile(home, "run", ".err");
      var process = start(script, out, err);
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("still running: " + script);
      }
      return new Said(process.exitValue(), Files.readString(out), Files.readString(err));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Runs a script after {@code hack/lib.sh} was sourced. */
  Said library(String script) {
    return run("source hack/lib.sh\n" + script);
  }

  /** Begins to run a script, which prints into these files. */
  Process start(String script, Path out, Path err) throws IOException {
    var builder =
        new ProcessBuilder("bash", "-c", script)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().remove("KUBECONFIG");
    builder.environment().remove("HALLPASS_STARTED");
    builder.environment().putAll(environment);
    var process = builder.start();
    process.getOutputStream().close();
    return process;
  }
}
