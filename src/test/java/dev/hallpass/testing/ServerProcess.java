package dev.hallpass.testing;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/** A real server, run as a child process for the tests of this JVM. */
public final class ServerProcess implements AutoCloseable {
  private final Process process;
  private final Path log;

  private ServerProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Whether servers write through to the disk and log no statements, as in earnest. Tests that
   * measure run that way: the system property {@code hallpass.test.durable}.
   */
  static boolean durable() {
    return Boolean.getBoolean("hallpass.test.durable");
  }

  /** Starts the command; what it prints goes to the log. It ends with this JVM at the latest. */
  public static ServerProcess start(Path log, List<String> command) {
    try {
      var process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      return new ServerProcess(process, log);
    } catch (IOException e) {
      throw new IllegalStateException("cannot run " + command.getFirst(), e);
    }
  }

  /** Waits until it is ready, or fails with the end of its log. */
  public void await(Duration atMost, BooleanSupplier ready) {
    Awaitility.await()
        .atMost(atMost)
        .pollInterval(Duration.ofMillis(100))
        .ignoreExceptionsInstanceOf(Exception.class)
        .until(
            () -> {
              if (!process.isAlive()) {
                throw new AssertionError("ended with " + process.exitValue() + "\n" + tail());
              }
              return ready.getAsBoolean();
            });
  }

  /** Its process. */
  public long pid() {
    return process.pid();
  }

  private String tail() {
    try {
      var lines = Files.readAllLines(log, StandardCharsets.UTF_8);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    } catch (IOException e) {
      return "its log cannot be read: " + e.getMessage();
    }
  }

  /**
   * A port of the loopback address that was free a moment ago. It is none of those that the system
   * gives to connections (ip(7), "ip_local_port_range"): one of them could take it before the
   * server does, or while the server restarts.
   */
  public static int freePort() {
    for (var attempt = 0; attempt < 100; attempt++) {
      var port = ThreadLocalRandom.current().nextInt(10_000, 30_000);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no free port");
  }

  private static boolean isFree(int port) {
    try (var free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return free.isBound();
    } catch (BindException e) {
      return false;
    } catch (IOException e) {
      throw new IllegalStateException("no free port", e);
    }
  }

  /** Runs a command to its end and returns what it printed. */
  public static String output(String... command) {
    try {
      var process = new ProcessBuilder(command).redirectErrorStream(false).start();
      process.getOutputStream().close();
      var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      var err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(String.join(" ", command) + "\n" + out + err);
      }
      return out;
    } catch (IOException e) {
      throw new IllegalStateException("cannot run " + command[0], e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in " + command[0], e);
    }
  }

  /** Stops it: first asked, then killed. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
