package dev.hallpass.provider;

import dev.hallpass.wire.Secret;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a credential consists of, in a stable order.
 *
 * @param fields its parts
 * @param attachments files that its fields point to, delivered with whatever files are asked for
 */
public record Material(List<Field> fields, List<Attachment> attachments) {

  /** A credential that needs no files of its own. */
  public Material(List<Field> fields) {
    this(fields, List.of());
  }

  /**
   * One part of a credential.
   *
   * @param name its key in structured formats, e.g. {@code username}
   * @param variable its key in environment files, e.g. {@code PGUSER}; null where it has no place
   *     there
   * @param value its value; what is not secret travels the same way
   */
  public record Field(String name, @Nullable String variable, Secret value) {}

  /**
   * A file that comes with a credential.
   *
   * @param path below the mount path. Its first segment starts with a dot, which no path that users
   *     may ask for does, and it is unique to the account
   * @param content its text
   */
  public record Attachment(String path, Secret content) {}

  /** The value of a field that this kind of credential has. */
  public Secret get(String name) {
    return fields.stream()
        .filter(f -> f.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no field " + name))
        .value();
  }
}
