package dev.hallpass.admission;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;

/** Collects the operations of a JSON Patch (RFC 6902). */
final class JsonPatch {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);

  private final ArrayNode operations = JsonNodeFactory.instance.arrayNode();

  ArrayNode operations() {
    return operations;
  }

  void add(String path, JsonNode value) {
    operations.addObject().put("op", "add").put("path", path).set("value", value);
  }

  /** Adds a value as JSON; of records what is not null. */
  void add(String path, Object value) {
    add(path, MAPPER.<JsonNode>valueToTree(value));
  }

  void remove(String path) {
    operations.addObject().put("op", "remove").put("path", path);
  }

  /** Makes a list what is wanted: by adding at either end where that is enough, else as a whole. */
  void list(String path, List<JsonNode> present, List<JsonNode> wanted) {
    var added = wanted.size() - present.size();
    if (wanted.equals(present)) {
      return;
    }
    if (present.isEmpty()) {
      add(path, JsonNodeFactory.instance.arrayNode().addAll(wanted));
    } else if (added > 0 && wanted.subList(0, present.size()).equals(present)) {
      wanted.subList(present.size(), wanted.size()).forEach(item -> add(path + "/-", item));
    } else if (added > 0 && wanted.subList(added, wanted.size()).equals(present)) {
      wanted.subList(0, added).reversed().forEach(item -> add(path + "/0", item));
    } else {
      // "add" to a member that exists replaces it (RFC 6902, 4.1).
      add(path, JsonNodeFactory.instance.arrayNode().addAll(wanted));
    }
  }
}
