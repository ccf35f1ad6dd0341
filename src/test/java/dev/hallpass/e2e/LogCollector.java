package dev.hallpass.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.LogWatch;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a cluster's log collector is to Hallpass: it has all that its processes print, from their
 * start, and still has it when they are gone.
 */
final class LogCollector implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final KubernetesClient client;
  private final Path folder;
  private final Map<String, Followed> followed = new LinkedHashMap<>();

  private record Followed(LogWatch watch, OutputStream file) {}

  /** Collects into this folder. */
  LogCollector(KubernetesClient client, Path folder) {
    this.client = client;
    this.folder = folder;
  }

  /** Follows those that run now, beside those that it follows already. */
  void follow() {
    for (var pod : new Installed(client).pods()) {
      followed.computeIfAbsent(pod.getMetadata().getName(), this::follow);
    }
  }

  private Followed follow(String pod) {
    try {
      var file = Files.newOutputStream(log(pod));
      return new Followed(
          client.pods().inNamespace(Scene.SYSTEM_NAMESPACE).withName(pod).watchLog(file), file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path log(String pod) {
    return folder.resolve(pod + ".log");
  }

  /** Whose output it has. */
  List<String> pods() {
    return List.copyOf(followed.keySet());
  }

  /** All that a process has printed; of the last character perhaps a part. */
  String printed(String pod) {
    try {
      return new String(Files.readAllBytes(log(pod)), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The trail of a process, as {@code grep '"specversion"'} takes it out of what it printed. */
  Path trail(String pod) {
    var text = printed(pod);
    var whole = text.substring(0, text.lastIndexOf('\n') + 1);
    var records = whole.lines().filter(line -> line.contains("\"specversion\"")).toList();
    try {
      return Files.write(folder.resolve(pod + ".jsonl"), records);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The trails of all. */
  List<Path> trails() {
    return followed.keySet().stream().map(this::trail).toList();
  }

  /** The records of a process. */
  List<JsonNode> records(String pod) {
    var records = new ArrayList<JsonNode>();
    try {
      for (var line : Files.readAllLines(trail(pod))) {
        records.add(JSON.readTree(line));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return records;
  }

  /** The processes that have recorded this of that lease. */
  List<String> whoRecorded(String kind, String lease) {
    return followed.keySet().stream()
        .filter(
            pod ->
                records(pod).stream()
                    .anyMatch(
                        r ->
                            r.path("type").asText().equals("dev.hallpass." + kind)
                                && r.path("subject").asText().endsWith("/leases/" + lease)))
        .toList();
  }

  @Override
  public void close() throws IOException {
    for (var one : followed.values()) {
      one.watch().close();
      one.file().close();
    }
  }
}
