package dev.hallpass.policy.cel;

import dev.cel.common.values.NullValue;
import dev.cel.runtime.CelVariableResolver;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The variables of one decision. Each is turned into what CEL reads when an expression first asks
 * for it, and kept for the others.
 */
public final class Scope<T> implements CelVariableResolver {
  private final T facts;
  private final Map<String, Function<T, @Nullable Object>> variables;
  private final Map<String, Object> read = new ConcurrentHashMap<>();

  Scope(T facts, Map<String, Function<T, @Nullable Object>> variables) {
    this.facts = facts;
    this.variables = variables;
  }

  @Override
  public Optional<Object> find(String name) {
    return Optional.ofNullable(variables.get(name))
        .map(variable -> read.computeIfAbsent(name, n -> value(variable)));
  }

  private Object value(Function<T, @Nullable Object> variable) {
    var value = variable.apply(facts);
    return value == null ? NullValue.NULL_VALUE : JavaTypes.value(value);
  }
}
