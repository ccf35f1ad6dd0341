package dev.hallpass.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a user asked of the API server, from its audit log.
 *
 * @param resource with its subresource after a slash
 * @param name empty where none was named
 * @param allowed whether RBAC let it through
 */
public record Access(String verb, String group, String resource, String name, boolean allowed) {

  /** Those that the log has of the user; a last line that is still being written is left out. */
  static List<Access> of(Path log, String user) {
    var mapper = new ObjectMapper();
    try (var lines = Files.lines(log)) {
      return lines
          .filter(line -> line.endsWith("}"))
          .map(line -> read(mapper, line))
          .filter(e -> e.at("/impersonatedUser/username").asText().equals(user))
          .filter(e -> e.has("objectRef"))
          .map(Access::of)
          .distinct()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("the audit log cannot be read", e);
    }
  }

  private static JsonNode read(ObjectMapper mapper, String line) {
    try {
      return mapper.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException("a line of the audit log is not JSON", e);
    }
  }

  private static Access of(JsonNode event) {
    var object = event.path("objectRef");
    var subresource = object.path("subresource").asText();
    return new Access(
        event.path("verb").asText(),
        object.path("apiGroup").asText(),
        object.path("resource").asText() + (subresource.isEmpty() ? "" : "/" + subresource),
        object.path("name").asText(),
        !event.at("/annotations/authorization.k8s.io~1decision").asText().equals("forbid"));
  }
}
