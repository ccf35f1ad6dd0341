package dev.hallpass.audit;

import dev.hallpass.wire.Excerpt;
import dev.hallpass.wire.Unseen;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what a record tells within a size that every reader and sink takes, {@link Verifier} first
 * of all: much of it was written by others, and a record that cannot be read breaks its chain.
 */
final class Bounded {
  /** Of the data of a record, in bytes; the rest of it is names that Kubernetes bounds. */
  static final int LONGEST = 64 << 10;

  /** Of a text at first, in characters. */
  private static final int TEXT = 4 << 10;

  /** A name, a UID or a digest is never cut. */
  private static final int NAME = 253;

  /** Tells of data that was cut. */
  static final String CUT = "cut";

  private final int limit;
  private boolean cut;

  private Bounded(int limit) {
    this.limit = limit;
  }

  /**
   * The data in JSON; where a text is longer than 4,096 characters, or all of it longer than {@link
   * #LONGEST}, the same with its texts and lists cut, and a member {@value #CUT} that says at what.
   *
   * @throws IllegalArgumentException where it has no canonical form, or none within the bound
   */
  static String of(Map<String, @Nullable Object> data) {
    for (var limit = TEXT; limit > 0; limit /= 4) {
      var json = Unseen.escaped(Canonical.of(new Bounded(limit).all(data)));
      if (bytes(json) <= LONGEST) {
        return json;
      }
    }
    throw new IllegalArgumentException(
        "longer than %d bytes, however it is cut".formatted(LONGEST));
  }

  /** Of a text as it is written. */
  static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private Map<String, @Nullable Object> all(Map<String, @Nullable Object> data) {
    var kept = new LinkedHashMap<String, @Nullable Object>();
    data.forEach((name, value) -> kept.put(name, value(value)));
    if (cut) {
      kept.put(CUT, limit);
    }
    return kept;
  }

  private @Nullable Object value(@Nullable Object value) {
    return switch (value) {
      case String text -> text(text);
      case List<?> list -> list(list);
      case Map<?, ?> map -> map(map);
      case null, default -> value;
    };
  }

  private String text(String text) {
    var kept = Excerpt.of(text, Math.max(limit, NAME));
    cut |= kept.length() < text.length();
    return kept;
  }

  private List<@Nullable Object> list(List<?> list) {
    cut |= list.size() > limit;
    return list.stream().limit(limit).<@Nullable Object>map(this::value).toList();
  }

  private Map<Object, @Nullable Object> map(Map<?, ?> map) {
    var kept = new LinkedHashMap<Object, @Nullable Object>();
    map.forEach((name, value) -> kept.put(name, value(value)));
    return kept;
  }
}
