package dev.hallpass.provider;

import dev.hallpass.wire.Secret;
import java.util.List;

/**
 * What a credential consists of, in a stable order.
 *
 * @param fields its parts
 */
public record Material(List<Field> fields) {

  /**
   * One part of a credential.
   *
   * @param name its key in structured formats, e.g. {@code username}
   * @param variable its key in environment files, e.g. {@code PGUSER}
   * @param value its value; what is not secret travels the same way
   */
  public record Field(String name, String variable, Secret value) {}

  /** The value of a field that this kind of credential has. */
  public Secret get(String name) {
    return fields.stream()
        .filter(f -> f.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no field " + name))
        .value();
  }
}
