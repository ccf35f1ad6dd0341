package dev.hallpass.audit;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A record as it was found in a file; of its content, only what a verification needs.
 *
 * @param source the writer and its chain, as an address
 * @param intact whether its hash is that of what it says
 * @param every how many records a checkpoint may leave uncovered, where it begins a chain; else 0
 * @param checkpoint what it vouches for, where it is a checkpoint that can be read
 */
record Found(
    Path file,
    long line,
    String source,
    String writer,
    String chain,
    long sequence,
    String previous,
    String hash,
    String type,
    boolean intact,
    int every,
    @Nullable Checkpoint checkpoint) {

  /**
   * Reads a record.
   *
   * @throws IllegalArgumentException where it is none of ours
   */
  static Found of(Path file, long line, Map<String, @Nullable Object> event) {
    var type = text(event, "type");
    var unhashed = new HashMap<>(event);
    unhashed.remove("hash");
    var hash = text(event, "hash");
    return new Found(
        file,
        line,
        text(event, "source"),
        writer(text(event, "source")),
        text(event, "chain"),
        number(text(event, "sequence")),
        text(event, "previous"),
        hash,
        type,
        hash.equals(Digest.ofText(Canonical.of(unhashed))),
        type.equals(Chain.TYPE + Chain.BEGUN) ? every(event.get("data")) : 0,
        type.equals(Chain.TYPE + Chain.CHECKPOINT) ? checkpoint(event) : null);
  }

  boolean begins() {
    return type.equals(Chain.TYPE + Chain.BEGUN);
  }

  boolean isCheckpoint() {
    return type.equals(Chain.TYPE + Chain.CHECKPOINT);
  }

  boolean closes() {
    return checkpoint != null && checkpoint.head().closed();
  }

  Flaw flaw(Flaw.Fault fault, String message) {
    return new Flaw(fault, file.toString(), line, writer, sequence, message);
  }

  private static int every(@Nullable Object data) {
    return data instanceof Map<?, ?> members && members.get("every") instanceof Integer every
        ? every
        : 0;
  }

  /**
   * Of a checkpoint's record all follows from what is signed, so that the last one of a chain,
   * which no other covers, cannot say anything else.
   */
  private static @Nullable Checkpoint checkpoint(Map<String, @Nullable Object> event) {
    try {
      var checkpoint = Checkpoint.of(Objects.requireNonNullElse(event.get("data"), Map.of()));
      var head = checkpoint.head();
      return event.keySet().equals(Chain.MEMBERS)
              && Chain.FORMAT.equals(event.get("specversion"))
              && text(event, "sequence").equals(event.get("id"))
              && Chain.JSON.equals(event.get("datacontenttype"))
              && head.time().equals(event.get("time"))
              && Chain.subject(head.writer()).equals(event.get("subject"))
              && Trace.ofChain(head.chain(), head.upTo() + 1)
                  .parent()
                  .equals(event.get("traceparent"))
          ? checkpoint
          : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static String writer(String source) {
    var parts = source.split("/", -1);
    if (parts.length != 5) {
      throw new IllegalArgumentException("source is not that of a writer");
    }
    return parts[3];
  }

  private static long number(String sequence) {
    try {
      return Long.parseUnsignedLong(sequence);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("sequence is no number", e);
    }
  }

  private static String text(Map<String, @Nullable Object> event, String name) {
    if (event.get(name) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("member %s is missing, or no text".formatted(name));
  }
}
