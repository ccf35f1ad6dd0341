package dev.hallpass.agent;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/**
 * The processes of a pod whose containers share one process namespace, as far as they are of our
 * own user and group: of others the kernel shows no environment (proc(5)).
 */
final class Processes {
  /** Set by the webhook in a container that is to be signalled: its name. */
  static final String CONTAINER_VARIABLE = "HALLPASS_CONTAINER";

  private static final int PARENT = 1;
  private static final int STARTED = 19;

  /** Within one tick of the clock, numbers rise. */
  private static final Comparator<Map.Entry<Long, Status>> OLDEST_FIRST =
      Comparator.<Map.Entry<Long, Status>>comparingLong(p -> p.getValue().started())
          .thenComparing(Map.Entry::getKey);

  private final Path proc;

  /**
   * One process.
   *
   * @param parent zero for the first of a container, whose parent is in no pod
   * @param started in clock ticks since boot
   */
  private record Status(long parent, long started) {}

  Processes(Path proc) {
    this.proc = proc;
  }

  /**
   * Signals the main process of a container.
   *
   * @throws IOException where there is none that we may signal
   */
  @SuppressWarnings("restricted")
  void signal(String container, int number) throws IOException {
    var pid = main(container);
    int result;
    try {
      var linker = Linker.nativeLinker();
      var kill =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("kill"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
      result = (int) kill.invokeExact(Math.toIntExact(pid), number);
    } catch (Throwable e) {
      throw new IOException("signals cannot be sent here: " + e, e);
    }
    if (result != 0) {
      throw new IOException("process %d of container %s took no signal".formatted(pid, container));
    }
  }

  /** Children inherit the environment, and kubectl exec adds processes later: the oldest is it. */
  private long main(String container) throws IOException {
    var found = new HashMap<Long, Status>();
    try (var entries = Files.newDirectoryStream(proc, "[1-9]*")) {
      for (var entry : entries) {
        read(entry, CONTAINER_VARIABLE + "=" + container, found);
      }
    }
    return found.entrySet().stream()
        .filter(p -> !found.containsKey(p.getValue().parent()))
        .min(OLDEST_FIRST)
        .map(Map.Entry::getKey)
        .orElseThrow(
            () ->
                new IOException(
                    "no process of container %s is seen: it does not run yet, or as another user or group"
                        .formatted(container)));
  }

  private static void read(Path entry, String variable, Map<Long, Status> found) {
    try {
      var environment = Files.readString(entry.resolve("environ"), StandardCharsets.ISO_8859_1);
      if (Arrays.asList(environment.split("\0", -1)).contains(variable)) {
        found.put(
            Long.parseLong(entry.getFileName().toString()),
            status(Files.readString(entry.resolve("stat"), StandardCharsets.ISO_8859_1)));
      }
    } catch (IOException e) {
      // It ended meanwhile, or is another's: in either case not the one that we look for.
      return;
    }
  }

  /** The name in parentheses may hold anything; the fields after it are numbers. */
  private static Status status(String stat) {
    var fields = stat.substring(stat.lastIndexOf(')') + 2).strip().split(" ", -1);
    return new Status(Long.parseLong(fields[PARENT]), Long.parseLong(fields[STARTED]));
  }
}
