package dev.hallpass.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How long the CPUs have worked for each program that a measurement runs: for this JVM, in which
 * the broker and its callers are, and for the servers that it has started. Unlike how long a call
 * takes, it hardly depends on what else the machine does.
 *
 * @param byProgram in the order of their names
 */
record CpuTime(Map<String, Duration> byProgram) {
  private static final String JVM = "broker and callers";

  /** By the names of their files; all of Kubernetes may be in one. */
  private static final Map<String, String> SERVERS =
      Map.of(
          "kube", "API server",
          "kube-apiserver", "API server",
          "etcd", "etcd",
          "postgres", "PostgreSQL",
          "bao", "peer",
          "vault", "peer");

  /** Up to now. */
  static CpuTime now() {
    var programs = new TreeMap<String, Duration>();
    var self = ProcessHandle.current();
    programs.put(JVM, cpu(self));
    self.descendants()
        .forEach(p -> server(p).forEach(name -> programs.merge(name, cpu(p), Duration::plus)));
    return new CpuTime(programs);
  }

  private static Stream<String> server(ProcessHandle process) {
    return process.info().command().stream()
        .map(command -> String.valueOf(Path.of(command).getFileName()))
        .flatMap(command -> Stream.ofNullable(SERVERS.get(command)));
  }

  private static Duration cpu(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** What was added since then. */
  CpuTime since(CpuTime before) {
    var added = new TreeMap<>(byProgram);
    before.byProgram.forEach((name, time) -> added.merge(name, time.negated(), Duration::plus));
    return new CpuTime(added);
  }

  /** Both, as if one had followed the other. */
  CpuTime and(CpuTime other) {
    var both = new TreeMap<>(byProgram);
    other.byProgram.forEach((name, time) -> both.merge(name, time, Duration::plus));
    return new CpuTime(both);
  }

  /** All of it, and the part of each program that had one, for one of so many calls. */
  String per(int calls) {
    var all = byProgram.values().stream().reduce(Duration.ZERO, Duration::plus);
    return byProgram.entrySet().stream()
        .filter(e -> millis(e.getValue(), calls) >= .05)
        .map(e -> "%s %s".formatted(e.getKey(), text(e.getValue(), calls)))
        .collect(Collectors.joining(", ", text(all, calls) + " (", ")"));
  }

  private static String text(Duration time, int calls) {
    return String.format(Locale.ROOT, "%.1f ms", millis(time, calls));
  }

  private static double millis(Duration time, int calls) {
    return time.toNanos() / 1e6 / calls;
  }
}
