package dev.hallpass.policy.cases;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Turns trees into values. A field that does not exist is a mistake, and is named. */
final class Trees {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final JsonMapper VALUES =
      JsonMapper.builder().enable(DeserializationFeature.USE_LONG_FOR_INTS).build();
  private static final Set<String> MANIFEST =
      Set.of("apiVersion", "kind", "metadata", "spec", "status");

  private Trees() {}

  /** The documents of a file, but for empty ones. */
  static Stream<JsonNode> documents(String yaml) {
    try {
      var documents = new Load(LoadSettings.builder().build()).loadAllFromString(yaml);
      return StreamSupport.stream(documents.spliterator(), false)
          .filter(Objects::nonNull)
          .<JsonNode>map(MAPPER::valueToTree)
          .toList()
          .stream();
    } catch (YamlEngineException e) {
      throw new MalformedCasesException("no YAML: " + e.getMessage());
    }
  }

  /**
   * The tree as a value of this type.
   *
   * @param field what the tree is, for the message
   */
  static <T> T as(Class<T> type, JsonNode tree, String field) {
    try {
      return MAPPER.treeToValue(tree, type);
    } catch (UnrecognizedPropertyException e) {
      var known =
          e.getKnownPropertyIds() == null
              ? ""
              : "; there are "
                  + e.getKnownPropertyIds().stream()
                      .map(Object::toString)
                      .sorted()
                      .collect(Collectors.joining(", "));
      throw new MalformedCasesException("%s: unknown field%s".formatted(path(field, e), known));
    } catch (InvalidFormatException e) {
      throw new MalformedCasesException(
          "%s: %s, not %s".formatted(path(field, e), wanted(e.getTargetType()), e.getValue()));
    } catch (MismatchedInputException e) {
      throw new MalformedCasesException(
          "%s: %s".formatted(path(field, e), wanted(e.getTargetType())));
    } catch (JsonMappingException e) {
      throw new MalformedCasesException("%s: %s".formatted(path(field, e), e.getOriginalMessage()));
    } catch (JsonProcessingException e) {
      throw new MalformedCasesException("%s: %s".formatted(field, e.getOriginalMessage()));
    }
  }

  private static String wanted(@Nullable Class<?> type) {
    if (type == null || type == Object.class) {
      return "is of a type that does not belong there";
    }
    if (type.isEnum()) {
      return "must be one of "
          + Stream.of(type.getEnumConstants())
              .map(Object::toString)
              .collect(Collectors.joining(", "));
    }
    if (CharSequence.class.isAssignableFrom(type)) {
      return "must be text";
    }
    if (Collection.class.isAssignableFrom(type)) {
      return "must be a list";
    }
    if (type == Boolean.class || type == boolean.class) {
      return "must be true or false";
    }
    return type.isPrimitive() || Number.class.isAssignableFrom(type)
        ? "must be a number"
        : "must be an object";
  }

  /** The same of an object of Kubernetes, whose type would take any field. */
  static <T> T manifest(Class<T> type, JsonNode tree, String field) {
    tree.fieldNames()
        .forEachRemaining(
            name -> {
              if (!MANIFEST.contains(name)) {
                throw new MalformedCasesException(
                    "%s.%s: unknown field; it is a manifest, with metadata, spec and status"
                        .formatted(field, name));
              }
            });
    return as(type, tree, field);
  }

  /** An object of any kind, as expressions see it. */
  static Map<String, Object> values(ObjectNode tree) {
    return VALUES.convertValue(tree, new TypeReference<Map<String, Object>>() {});
  }

  /** A tree of our own. */
  static ObjectNode tree(String json) {
    try {
      return (ObjectNode) MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(json, e);
    }
  }

  /** The first tree changed by the second (RFC 7396). */
  static ObjectNode merged(ObjectNode base, JsonNode patch, String field) {
    if (!(patch instanceof ObjectNode changes)) {
      throw new MalformedCasesException(field + ": must be an object");
    }
    var merged = base.deepCopy();
    changes
        .properties()
        .forEach(
            change -> {
              var name = change.getKey();
              var value = change.getValue();
              if (value.isNull()) {
                merged.remove(name);
              } else if (value.isObject()) {
                merged.set(
                    name,
                    merged.get(name) instanceof ObjectNode old
                        ? merged(old, value, field + "." + name)
                        : value);
              } else {
                merged.set(name, value);
              }
            });
    return merged;
  }

  private static String path(String field, JsonMappingException e) {
    var path = new StringBuilder(field);
    for (var part : e.getPath()) {
      if (part.getFieldName() == null) {
        path.append('[').append(part.getIndex()).append(']');
      } else {
        path.append('.').append(part.getFieldName());
      }
    }
    return path.toString();
  }
}
