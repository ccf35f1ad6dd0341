package dev.hallpass.policy.cel;

import dev.cel.common.values.NullValue;
import dev.cel.runtime.CelVariableResolver;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The variables of one decision. Each is turned into what CEL reads when an expression first asks
 * for it, and kept for the others.
 */
public final class Scope<T> implements CelVariableResolver {
  private final T facts;
  private final Map<String, Function<T, @Nullable Object>> variables;
  private final Map<String, Object> read;
  private final Map<String, Object> instead;

  private Scope(
      T facts,
      Map<String, Function<T, @Nullable Object>> variables,
      Map<String, Object> read,
      Map<String, Object> instead) {
    this.facts = facts;
    this.variables = variables;
    this.read = read;
    this.instead = instead;
  }

  static <T> Scope<T> of(T facts, Map<String, Function<T, @Nullable Object>> variables) {
    return new Scope<>(facts, variables, new ConcurrentHashMap<>(), Map.of());
  }

  /** The same, and what it reads is read for both; but this variable has this value. */
  public Scope<T> with(String name, Object value) {
    return new Scope<>(facts, variables, read, Map.of(name, value));
  }

  @Override
  public Optional<Object> find(String name) {
    return Optional.ofNullable(instead.get(name)).or(() -> own(name));
  }

  private Optional<Object> own(String name) {
    return Optional.ofNullable(variables.get(name))
        .map(variable -> read.computeIfAbsent(name, n -> value(variable)));
  }

  private Object value(Function<T, @Nullable Object> variable) {
    var given = variable.apply(facts);
    var value = given instanceof Supplier<?> later ? later.get() : given;
    return value == null ? NullValue.NULL_VALUE : JavaTypes.value(value);
  }
}
