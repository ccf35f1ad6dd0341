package dev.hallpass.cli;

import static java.util.Comparator.comparing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a trail says of one lease, in the order of time. */
record LeaseLife(String lease, List<JsonNode> records) {
  private static final String HELD = "held";
  private static final String TYPE = "dev.hallpass.";

  /**
   * Reads the records of that lease.
   *
   * @throws Failure where a file cannot be read, or has a line that is no JSON
   */
  static LeaseLife read(List<Path> files, String lease, @Nullable String namespace) {
    var mapper = new ObjectMapper();
    var records = new ArrayList<JsonNode>();
    for (var file : files) {
      try (var lines = Files.lines(file)) {
        lines
            .filter(l -> !l.isBlank())
            .map(l -> parsed(mapper, l, file))
            .filter(r -> isOf(r, lease, namespace))
            .forEach(records::add);
      } catch (IOException e) {
        throw new Failure(ExitCode.USAGE, "%s cannot be read".formatted(file));
      }
    }
    records.sort(comparing(r -> r.path("time").asText()));
    return new LeaseLife(lease, List.copyOf(records));
  }

  private static JsonNode parsed(ObjectMapper mapper, String line, Path file) {
    try {
      return mapper.readTree(line);
    } catch (JsonProcessingException e) {
      throw new Failure(
          ExitCode.FINDING,
          "%s has a line that is no record: kubectl hallpass audit verify names it"
              .formatted(file));
    }
  }

  private static boolean isOf(JsonNode record, String lease, @Nullable String namespace) {
    var held = record.path("data").path(HELD);
    return held.path("lease").path("name").asText().equals(lease)
        && (namespace == null || held.path("namespace").asText().equals(namespace));
  }

  /** Writes it; false where there is nothing. */
  boolean write(Page page) {
    if (records.isEmpty()) {
      return false;
    }
    var held = records.getFirst().path("data").path(HELD);
    page.line(Tone.TITLE, "clease/%s in namespace %s".formatted(lease, text(held, "namespace")))
        .line(
            "pod %s on node %s, as service account %s"
                .formatted(
                    text(held.path("pod"), "name"),
                    text(held.path("pod"), "nodeName"),
                    text(held.path("pod"), "serviceAccountName")))
        .line(
            "%s on %s/%s, as credential %s of creq/%s"
                .formatted(
                    text(held, "access"),
                    text(held.path("provider"), "kind"),
                    text(held.path("provider"), "name"),
                    text(held, "credential"),
                    text(held.path("request"), "name")))
        .line("%s answers for it: %s".formatted(text(held, "owner"), text(held, "purpose")))
        .line("");
    var table = new Table();
    records.forEach(
        r ->
            table.row(
                List.of(
                    Cell.of(text(r, "time")),
                    Cell.of(Tone.TITLE, text(r, "type").replace(TYPE, "")),
                    Cell.of(rest(r.path("data"))))));
    page.table("", table);
    return true;
  }

  /** What a record says beyond whom it is about. */
  private static String rest(JsonNode data) {
    return data.properties().stream()
        .filter(e -> !e.getKey().equals(HELD) && !e.getValue().isNull())
        .map(e -> "%s: %s".formatted(e.getKey(), value(e.getValue())))
        .collect(Collectors.joining(", "));
  }

  private static String value(JsonNode node) {
    return node.isValueNode() ? node.asText() : node.toString();
  }

  private static String text(JsonNode node, String field) {
    return node.path(field).asText("-");
  }
}
