package dev.hallpass.audit;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** Trails written by the real thing, into files of a test. */
final class TestTrail {
  static final int EVERY = 5;

  final SigningKey key = SigningKey.generate(new SecureRandom());
  final TestHeads heads = new TestHeads();
  final Path folder;

  TestTrail(Path folder) {
    this.folder = folder;
  }

  Journal journal(String writer, SinkSettings sinks) {
    return Journal.open(
        settings(writer),
        () -> new Journal.Opening(key, heads, heads.read()),
        sinks,
        new SimpleMeterRegistry(),
        Clock.systemUTC());
  }

  static JournalSettings settings(String writer) {
    return new JournalSettings(
        "b10c0de5",
        "broker",
        writer,
        EVERY,
        Duration.ofHours(1),
        1000,
        1L << 20,
        Duration.ofSeconds(5));
  }

  /** As many records of a writer that starts and ends. */
  void run(String writer, int records) {
    run(writer, records, 1 << 20);
  }

  void run(String writer, int records, long fileSize) {
    try (var journal =
        journal(writer, new SinkSettings().files(folder, fileSize, SinkSettings.Need.Required))) {
      Awaitility.await().until(journal::works);
      for (var i = 1; i <= records; i++) {
        journal.keep(TestEvents.issued(i), Trace.ofLease(TestEvents.LEASE_UID));
      }
    }
  }

  /** This record of a writer that starts and ends. */
  void run(String writer, AuditEvent event) {
    try (var journal =
        journal(writer, new SinkSettings().files(folder, 1 << 20, SinkSettings.Need.Required))) {
      Awaitility.await().until(journal::works);
      journal.keep(event, Trace.fresh());
    }
  }

  Trust trust() {
    return new Trust(List.of(key.trusted()), heads.read());
  }

  Report verify() throws IOException {
    return verify(trust());
  }

  Report verify(Trust trust) throws IOException {
    return Verifier.verify(files(), trust, Verifier.Scope.AllChains);
  }

  List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  /** The only file there is. */
  Path file() throws IOException {
    var files = files();
    if (files.size() != 1) {
      throw new IllegalStateException("not one file: " + files);
    }
    return files.getFirst();
  }

  static List<String> lines(Path file) throws IOException {
    return new ArrayList<>(Files.readAllLines(file));
  }

  static void write(Path file, List<String> lines) throws IOException {
    Files.writeString(file, lines.isEmpty() ? "" : String.join("\n", lines) + "\n");
  }
}
