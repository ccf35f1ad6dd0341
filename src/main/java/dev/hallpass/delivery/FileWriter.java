package dev.hallpass.delivery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.provider.Material;
import dev.hallpass.wire.IssueAnswer;
import dev.hallpass.wire.Secret;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Renders a credential into the files that a request asks for. */
public final class FileWriter {
  private static final ObjectMapper JSON = new ObjectMapper();

  private FileWriter() {}

  /** One rendered file per file asked for, in that order; then what the credential attaches. */
  public static List<IssueAnswer.File> render(Delivery delivery, Material material) {
    var asked =
        delivery.files().stream()
            .map(f -> new IssueAnswer.File(f.path(), Secret.of(render(f.format(), material))));
    var attached =
        material.attachments().stream().map(a -> new IssueAnswer.File(a.path(), a.content()));
    return Stream.concat(asked, attached).toList();
  }

  private static String render(Delivery.Format format, Material material) {
    return switch (format) {
      case Env -> env(material);
      case Json -> json(material);
      case PgPass -> pgPass(material);
    };
  }

  /**
   * Assignments that a POSIX shell can source. What needs no quoting has none, so that readers of
   * plain {@code KEY=value} files understand it too.
   */
  private static String env(Material material) {
    return material.fields().stream()
        .filter(f -> f.variable() != null)
        .map(f -> f.variable() + "=" + shellWord(f.value().reveal()) + "\n")
        .collect(Collectors.joining());
  }

  private static String shellWord(String text) {
    return text.matches("[A-Za-z0-9_./:@%+,-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  private static String json(Material material) {
    var object = new LinkedHashMap<String, String>();
    material.fields().forEach(f -> object.put(f.name(), f.value().reveal()));
    try {
      return JSON.writeValueAsString(object) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a map of strings is JSON", e);
    }
  }

  /** One line of a password file (libpq, "The Password File"). */
  private static String pgPass(Material material) {
    return Stream.of("host", "port", "database", "username", "password")
            .map(name -> material.get(name).reveal().replace("\\", "\\\\").replace(":", "\\:"))
            .collect(Collectors.joining(":"))
        + "\n";
  }
}
