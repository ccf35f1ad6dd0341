package dev.hallpass.policy.cel;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.primitives.UnsignedLong;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.TypeType;
import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Values and types as conformance cases write them, in JSON of Protocol Buffers. */
final class CelValues {
  /** What policies cannot be given, such as messages of Protocol Buffers. */
  static final class UnsupportedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnsupportedException(String what) {
      super("unsupported: " + what);
    }
  }

  private CelValues() {}

  /** As the runtime takes and gives it. */
  static Object value(JsonNode value) {
    var field = value.fieldNames().hasNext() ? value.fieldNames().next() : "";
    var content = value.path(field);
    return switch (field) {
      case "nullValue" -> NullValue.NULL_VALUE;
      case "boolValue" -> content.booleanValue();
      case "int64Value" -> Long.parseLong(content.asText());
      case "uint64Value" -> UnsignedLong.valueOf(content.asText());
      case "doubleValue" -> decimal(content);
      case "stringValue" -> content.asText();
      case "bytesValue" -> CelByteString.of(Base64.getDecoder().decode(content.asText()));
      case "typeValue" -> content.asText();
      case "listValue" -> list(content);
      case "mapValue" -> map(content);
      case "objectValue" -> object(content);
      default -> throw new UnsupportedException(field);
    };
  }

  private static double decimal(JsonNode number) {
    return number.isNumber() ? number.doubleValue() : Double.parseDouble(number.asText());
  }

  private static List<Object> list(JsonNode list) {
    var values = new ArrayList<>();
    list.path("values").forEach(v -> values.add(value(v)));
    return values;
  }

  private static Map<Object, Object> map(JsonNode map) {
    var values = new HashMap<>();
    map.path("entries").forEach(e -> values.put(value(e.get("key")), value(e.get("value"))));
    return values;
  }

  private static Object object(JsonNode any) {
    var type = any.path("@type").asText();
    var text = any.path("value").asText();
    return switch (type.substring(type.lastIndexOf('/') + 1)) {
      case "google.protobuf.Timestamp" -> Instant.parse(text);
      case "google.protobuf.Duration" -> duration(text);
      default -> throw new UnsupportedException(type);
    };
  }

  private static Duration duration(String seconds) {
    var exact = new BigDecimal(seconds.substring(0, seconds.length() - 1));
    var whole = exact.toBigInteger().longValueExact();
    var nanos = exact.subtract(BigDecimal.valueOf(whole)).movePointRight(9).longValueExact();
    return Duration.ofSeconds(whole, nanos);
  }

  /** The type of a variable. */
  static CelType type(JsonNode type) {
    var field = type.fieldNames().next();
    var content = type.path(field);
    return switch (field) {
      case "dyn" -> SimpleType.DYN;
      case "null" -> SimpleType.NULL_TYPE;
      case "primitive" -> primitive(content.asText());
      case "messageType" -> message(content.asText());
      case "wellKnown" -> wellKnown(content.asText());
      case "listType" -> ListType.create(type(content.path("elemType")));
      case "mapType" ->
          MapType.create(type(content.path("keyType")), type(content.path("valueType")));
      case "abstractType" -> OptionalType.create(type(content.path("parameterTypes").path(0)));
      default -> throw new UnsupportedException(type.toString());
    };
  }

  private static CelType primitive(String name) {
    return switch (name) {
      case "BOOL" -> SimpleType.BOOL;
      case "INT64" -> SimpleType.INT;
      case "UINT64" -> SimpleType.UINT;
      case "DOUBLE" -> SimpleType.DOUBLE;
      case "STRING" -> SimpleType.STRING;
      case "BYTES" -> SimpleType.BYTES;
      default -> throw new UnsupportedException(name);
    };
  }

  private static CelType message(String name) {
    return switch (name) {
      case "google.protobuf.Timestamp" -> SimpleType.TIMESTAMP;
      case "google.protobuf.Duration" -> SimpleType.DURATION;
      default -> throw new UnsupportedException(name);
    };
  }

  private static CelType wellKnown(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "timestamp" -> SimpleType.TIMESTAMP;
      case "duration" -> SimpleType.DURATION;
      default -> throw new UnsupportedException(name);
    };
  }

  /** Whether the runtime gave what the case expects: of the same type, and NaN is NaN. */
  static boolean same(Object expected, Object got) {
    return switch (expected) {
      case List<?> list -> got instanceof List<?> other && sameLists(list, other);
      case Map<?, ?> map -> got instanceof Map<?, ?> other && sameMaps(map, other);
      case String name when got instanceof TypeType type -> type.containingTypeName().equals(name);
      default -> Objects.equals(expected, got);
    };
  }

  private static boolean sameLists(List<?> expected, List<?> got) {
    if (expected.size() != got.size()) {
      return false;
    }
    for (var i = 0; i < expected.size(); i++) {
      if (!same(expected.get(i), got.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameMaps(Map<?, ?> expected, Map<?, ?> got) {
    return expected.size() == got.size()
        && expected.entrySet().stream()
            .allMatch(e -> got.containsKey(e.getKey()) && same(e.getValue(), got.get(e.getKey())));
  }
}
