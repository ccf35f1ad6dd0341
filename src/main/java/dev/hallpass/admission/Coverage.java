package dev.hallpass.admission;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/** Compares what we added to a pod with what has become of it. */
final class Coverage {
  private Coverage() {}

  /**
   * Whether an object still says all that we said, and nothing of its own beyond these keys. Below,
   * the API server may have filled in defaults; lists must be as long as ours.
   */
  static boolean covers(JsonNode ours, JsonNode present, Set<String> defaults) {
    for (var key : (Iterable<String>) present::fieldNames) {
      if (!ours.has(key) && !defaults.contains(key)) {
        return false;
      }
    }
    return contains(present, ours);
  }

  private static boolean contains(JsonNode present, JsonNode ours) {
    if (ours.isObject()) {
      return present.isObject()
          && ours.properties().stream()
              .allMatch(
                  e -> present.has(e.getKey()) && contains(present.get(e.getKey()), e.getValue()));
    }
    if (ours.isArray()) {
      if (!present.isArray() || present.size() != ours.size()) {
        return false;
      }
      for (var i = 0; i < ours.size(); i++) {
        if (!contains(present.get(i), ours.get(i))) {
          return false;
        }
      }
      return true;
    }
    return ours.asText().equals(present.asText());
  }
}
