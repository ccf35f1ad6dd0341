package dev.hallpass.policy.cel;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.common.types.StructTypeReference;
import io.fabric8.kubernetes.api.model.AnyType;
import io.fabric8.kubernetes.api.model.Quantity;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Java types as CEL sees them: with the fields that manifests have, by the same names. A field that
 * a type does not have is found when an expression is compiled; one that an object does not have,
 * when it is evaluated, as in Kubernetes' own policies. What is supplied has the type of its value.
 */
final class JavaTypes implements CelTypeProvider {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_LONG_FOR_INTS)
          .defaultPropertyInclusion(JsonInclude.Value.construct(Include.NON_NULL, Include.NON_NULL))
          .build();

  /** Stands for a type whose fields are being read. */
  private static final StructType NOT_YET_KNOWN = struct("", ImmutableMap.of());

  private final ImmutableMap<String, CelType> variables;
  private final ImmutableMap<String, StructType> structs;

  /** The types that can be reached from the components of a record. */
  JavaTypes(Class<? extends Record> facts) {
    var reached = new HashMap<String, StructType>();
    var named = ImmutableMap.<String, CelType>builder();
    components(facts)
        .forEach(
            c -> named.put(c.getName(), reach(MAPPER.constructType(c.getGenericType()), reached)));
    variables = named.buildOrThrow();
    structs = ImmutableMap.copyOf(reached);
  }

  /** The components that are variables. */
  static Stream<RecordComponent> components(Class<? extends Record> facts) {
    return Stream.of(facts.getRecordComponents())
        .filter(c -> !c.getAccessor().isAnnotationPresent(JsonIgnore.class));
  }

  /** The types of the variables, by their names. */
  ImmutableMap<String, CelType> variables() {
    return variables;
  }

  /** The value as CEL takes it. */
  static Object value(Object value) {
    return switch (value) {
      case Instant instant -> instant;
      case Duration duration -> duration;
      default -> MAPPER.convertValue(value, Object.class);
    };
  }

  @Override
  public ImmutableCollection<CelType> types() {
    return ImmutableList.copyOf(structs.values());
  }

  @Override
  public Optional<CelType> findType(String name) {
    return Optional.ofNullable(structs.get(name));
  }

  private static CelType reach(JavaType type, Map<String, StructType> reached) {
    var raw = type.getRawClass();
    if (raw == Supplier.class) {
      return reach(type.containedType(0), reached);
    }
    if (type.isCollectionLikeType() || type.isArrayType()) {
      return ListType.create(reach(type.getContentType(), reached));
    }
    if (type.isMapLikeType()) {
      return MapType.create(SimpleType.STRING, reach(type.getContentType(), reached));
    }
    if (raw == Instant.class) {
      return SimpleType.TIMESTAMP;
    }
    if (raw == Duration.class) {
      return SimpleType.DURATION;
    }
    if (raw == String.class || raw == Quantity.class || type.isEnumType()) {
      return SimpleType.STRING;
    }
    if (raw == Boolean.class || raw == boolean.class) {
      return SimpleType.BOOL;
    }
    if (raw == Integer.class || raw == int.class || raw == Long.class || raw == long.class) {
      return SimpleType.INT;
    }
    if (raw == Double.class || raw == double.class) {
      return SimpleType.DOUBLE;
    }
    if (raw == Object.class || AnyType.class.isAssignableFrom(raw) || raw.isInterface()) {
      return SimpleType.DYN;
    }
    return struct(type, reached);
  }

  /** By reference, as types of Kubernetes hold themselves. */
  private static CelType struct(JavaType type, Map<String, StructType> reached) {
    var name = type.getRawClass().getName();
    if (reached.putIfAbsent(name, NOT_YET_KNOWN) == null) {
      var fields = ImmutableMap.<String, CelType>builder();
      for (var field : MAPPER.getSerializationConfig().introspect(type).findProperties()) {
        if (field.couldSerialize()) {
          fields.put(field.getName(), reach(field.getPrimaryType(), reached));
        }
      }
      reached.put(name, struct(name, fields.buildOrThrow()));
    }
    return StructTypeReference.create(name);
  }

  private static StructType struct(String name, ImmutableMap<String, CelType> fields) {
    return StructType.create(
        name, fields.keySet(), field -> Optional.ofNullable(fields.get(field)));
  }
}
