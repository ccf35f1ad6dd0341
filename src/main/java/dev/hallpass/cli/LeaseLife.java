package dev.hallpass.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hallpass.audit.Timeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a trail says of one lease, in the order of time.
 *
 * @param held who holds what, and why, as a record of the lease has it
 * @param steps what happened, from the decision before there was a lease to the end
 */
record LeaseLife(String lease, JsonNode held, List<Timeline.Step> steps) {

  /**
   * Reads the records of that lease; empty where there are none.
   *
   * @throws Failure where a file cannot be read, or has a line that is no JSON
   */
  static Optional<LeaseLife> read(List<Path> files, String lease, @Nullable String namespace) {
    var mapper = new ObjectMapper();
    return files.stream()
        .flatMap(file -> held(mapper, file, lease, namespace).stream())
        .findFirst()
        .map(held -> new LeaseLife(lease, held, steps(files, text(held, "namespace"), lease)));
  }

  private static List<Timeline.Step> steps(List<Path> files, String namespace, String lease) {
    try {
      return Timeline.of(files, namespace, lease);
    } catch (IOException e) {
      throw new Failure(ExitCode.USAGE, "cannot be read: " + e.getMessage());
    }
  }

  private static Optional<JsonNode> held(
      ObjectMapper mapper, Path file, String lease, @Nullable String namespace) {
    try (var lines = Files.lines(file)) {
      return lines
          .filter(l -> !l.isBlank())
          .map(l -> parsed(mapper, l, file).path("data").path("held"))
          .filter(held -> held.path("lease").path("name").asText().equals(lease))
          .filter(held -> namespace == null || text(held, "namespace").equals(namespace))
          .findFirst();
    } catch (IOException e) {
      throw new Failure(ExitCode.USAGE, "%s cannot be read".formatted(file));
    }
  }

  private static JsonNode parsed(ObjectMapper mapper, String line, Path file) {
    try {
      return mapper.readTree(line);
    } catch (JsonProcessingException e) {
      throw new Failure(
          ExitCode.FINDING,
          "%s has a line that is no record, which this names: kubectl hallpass audit verify %s"
              .formatted(file, file));
    }
  }

  void write(Page page) {
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
    steps.forEach(
        step ->
            table.row(
                List.of(
                    Cell.of(step.at().toString()),
                    Cell.of(Tone.TITLE, step.kind()),
                    Cell.of(step.told()))));
    page.table("", table);
  }

  private static String text(JsonNode node, String field) {
    return node.path(field).asText("-");
  }
}
