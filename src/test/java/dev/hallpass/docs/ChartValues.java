package dev.hallpass.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * The chart's values: what they mean from the comments of {@code values.yaml}, what they may be
 * from its schema. {@code hack/generate} runs {@link #main}.
 */
final class ChartValues {
  static final Path FILE = Path.of("docs/reference/chart-values.md");
  private static final Path VALUES = Path.of("helm/hallpass/values.yaml");
  private static final Path SCHEMA = Path.of("helm/hallpass/values.schema.json");
  private static final Pattern KEY = Pattern.compile("^( *)([A-Za-z]+):(?: (.*))?$");

  private ChartValues() {}

  /**
   * A value of {@code values.yaml}.
   *
   * @param path dotted
   * @param byDefault in YAML's flow style
   * @param meaning its comment; empty where it has none
   */
  record Value(String path, String byDefault, String meaning) {}

  private record Key(int indent, String name) {}

  private record Group(Key key, String meaning) {}

  /** Every value that has a default of its own, in the order of the file. */
  static List<Value> values() throws IOException {
    var values = new ArrayList<Value>();
    Deque<Group> parents = new ArrayDeque<>();
    var comment = new ArrayList<String>();
    for (var line : Files.readAllLines(VALUES)) {
      var key = KEY.matcher(line);
      if (line.strip().startsWith("#")) {
        comment.add(line.strip().substring(1).strip());
      } else if (key.matches()) {
        var indent = key.group(1).length();
        while (!parents.isEmpty() && parents.peek().key().indent() >= indent) {
          parents.pop();
        }
        var meaning = String.join(" ", comment);
        parents.push(new Group(new Key(indent, key.group(2)), meaning));
        if (key.group(3) != null) {
          values.add(new Value(path(parents), key.group(3), nearest(parents)));
        }
        comment.clear();
      } else {
        comment.clear();
      }
    }
    return values;
  }

  private static String path(Deque<Group> groups) {
    return groups.reversed().stream().map(g -> g.key().name()).collect(Collectors.joining("."));
  }

  /** Its own comment, or that of the nearest group that it belongs to. */
  private static String nearest(Deque<Group> groups) {
    return groups.stream().map(Group::meaning).filter(m -> !m.isEmpty()).findFirst().orElse("");
  }

  /** What the schema allows, by path; groups of fixed values are entered. */
  static Map<String, String> allowed() throws IOException {
    var schema = new ObjectMapper().readTree(SCHEMA.toFile());
    var allowed = new TreeMap<String, String>();
    collect(schema, schema, "", allowed);
    return allowed;
  }

  private static void collect(
      JsonNode root, JsonNode node, String path, Map<String, String> allowed) {
    var type = resolve(root, node);
    if (type.has("properties")) {
      type.path("properties")
          .properties()
          .forEach(
              p ->
                  collect(
                      root,
                      p.getValue(),
                      path.isEmpty() ? p.getKey() : path + "." + p.getKey(),
                      allowed));
    } else {
      allowed.put(path, words(root, type));
    }
  }

  private static JsonNode resolve(JsonNode root, JsonNode node) {
    return node.has("$ref") ? root.at(node.get("$ref").asText().substring(1)) : node;
  }

  private static String words(JsonNode root, JsonNode type) {
    if (type.has("enum")) {
      return items(type.get("enum")).stream()
          .map(i -> "`" + i.asText() + "`")
          .collect(Collectors.joining(", "));
    }
    if (type.has("oneOf")) {
      return items(type.get("oneOf")).stream()
          .map(t -> words(root, t))
          .collect(Collectors.joining(" or "));
    }
    var name =
        switch (type.path("type").asText()) {
          case "array" -> "list";
          case "object" -> "object";
          case "integer" -> "integer" + range(type);
          case String other -> other;
        };
    return type.has("pattern")
        ? name + " like `" + type.get("pattern").asText().replace("|", "\\|") + "`"
        : name;
  }

  private static String range(JsonNode type) {
    if (type.has("maximum")) {
      return " %d–%d".formatted(type.get("minimum").asInt(), type.get("maximum").asInt());
    }
    return type.has("minimum") ? " from %d".formatted(type.get("minimum").asInt()) : "";
  }

  private static List<JsonNode> items(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }

  static String generate() throws IOException {
    var allowed = allowed();
    var page =
        new StringBuilder(
            """
            # Values of the chart

            Generated from `helm/hallpass/values.yaml` and its schema by `hack/generate`. Helm refuses unknown values and
            wrong ones, and names them.

            | value | default | may be | what |
            |---|---|---|---|
            """);
    for (var value : values()) {
      page.append(
          "| `%s` | `%s` | %s | %s |%n"
              .formatted(
                  value.path(),
                  value.byDefault(),
                  kind(allowed, value.path()),
                  value.meaning().replace("|", "\\|")));
    }
    return page.toString();
  }

  /** Of itself, or of the free-form object that it is a part of. */
  static String kind(Map<String, String> allowed, String path) {
    var known = path;
    while (!allowed.containsKey(known)) {
      var dot = known.lastIndexOf('.');
      if (dot < 0) {
        return allowed.keySet().stream().anyMatch(k -> k.startsWith(path + ".")) ? "object" : "";
      }
      known = known.substring(0, dot);
    }
    return known.equals(path) ? allowed.getOrDefault(path, "") : "part of " + known;
  }

  public static void main(String[] args) throws IOException {
    Files.writeString(FILE, generate());
  }
}
