package dev.hallpass.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hallpass.audit.Held;
import dev.hallpass.audit.Timeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a trail says of one lease, in the order of time. Names come back, so that a name may have
 * had several lives; a UID has one.
 *
 * @param held who holds what, and why, as a record of the lease has it
 * @param steps what happened, from the decision before there was a lease to the end
 */
record LeaseLife(JsonNode held, List<Timeline.Step> steps) {

  /**
   * Reads the lives of the leases of that name, the oldest first; empty where there are none.
   *
   * @param uid of the one that is meant; null where all are
   * @throws Failure where a file cannot be read, or has a line that is no JSON
   */
  static List<LeaseLife> read(
      List<Path> files, String lease, @Nullable String namespace, @Nullable String uid) {
    var mapper = new ObjectMapper();
    var lives = new LinkedHashMap<String, JsonNode>();
    for (var file : files) {
      held(mapper, file, lease, namespace)
          .filter(held -> uid == null || uid(held).equals(uid))
          .forEach(held -> lives.putIfAbsent(uid(held), held));
    }
    return lives.values().stream()
        .map(held -> new LeaseLife(held, steps(files, held)))
        .sorted(Comparator.comparing(life -> life.steps().getFirst().at()))
        .toList();
  }

  private static List<Timeline.Step> steps(List<Path> files, JsonNode held) {
    try {
      return Timeline.of(files, text(held, "namespace"), new Held.LeaseId(name(held), uid(held)));
    } catch (IOException e) {
      throw new Failure(ExitCode.USAGE, "cannot be read: " + e.getMessage());
    }
  }

  private static Stream<JsonNode> held(
      ObjectMapper mapper, Path file, String lease, @Nullable String namespace) {
    try (var lines = Files.lines(file)) {
      return lines
          .filter(l -> !l.isBlank())
          .map(l -> parsed(mapper, l, file).path("data").path("held"))
          .filter(held -> held.path("lease").path("name").asText().equals(lease))
          .filter(held -> namespace == null || text(held, "namespace").equals(namespace))
          .toList()
          .stream();
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
    page.line(
            Tone.TITLE,
            "clease/%s in namespace %s, uid %s"
                .formatted(name(held), text(held, "namespace"), uid(held)))
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

  private static String name(JsonNode held) {
    return text(held.path("lease"), "name");
  }

  private static String uid(JsonNode held) {
    return text(held.path("lease"), "uid");
  }

  private static String text(JsonNode node, String field) {
    return node.path(field).asText("-");
  }
}
