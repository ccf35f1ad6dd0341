package dev.hallpass.audit;

import dev.hallpass.wire.Unseen;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The records of one writer, from its start to its end: each names its number and the hash of the
 * one before. For one thread.
 */
final class Chain {
  static final String FORMAT = "1.0";
  static final String TYPE = "dev.hallpass.";
  static final String BEGUN = "audit.begun";
  static final String CHECKPOINT = "audit.checkpoint";
  static final String LOST = "audit.lost";

  static final String JSON = "application/json";

  /** Of every record. */
  static final Set<String> MEMBERS =
      Set.of(
          "specversion",
          "id",
          "source",
          "type",
          "subject",
          "time",
          "datacontenttype",
          "traceparent",
          "chain",
          "sequence",
          "previous",
          "hash",
          "data");

  /** What the first record names as the hash before it. */
  static final String NOTHING = "0".repeat(64);

  private final String id = UUID.randomUUID().toString();
  private final String writer;
  private final String source;
  private long next;
  private String last = NOTHING;

  /**
   * A new chain.
   *
   * @param installation eight hex digits that tell this Hallpass from others
   * @param writer the process, e.g. the name of its pod
   */
  Chain(String installation, String writer) {
    this.writer = writer;
    this.source = "/hallpass/%s/%s/%s".formatted(installation, writer, id);
  }

  /** What records are filed under that a writer's chain tells of itself. */
  static String subject(String writer) {
    return "audit/" + writer;
  }

  String id() {
    return id;
  }

  String writer() {
    return writer;
  }

  /** The number of the next record. */
  long next() {
    return next;
  }

  /** The hash of the last record. */
  String last() {
    return last;
  }

  /** Appends a record. */
  Line append(
      String kind, String subject, Trace trace, Instant at, Map<String, @Nullable Object> data) {
    var event = new HashMap<String, @Nullable Object>();
    event.put("specversion", FORMAT);
    event.put("id", number(next));
    event.put("source", source);
    event.put("type", TYPE + kind);
    event.put("subject", subject);
    event.put("time", at.toString());
    event.put("datacontenttype", JSON);
    event.put("traceparent", trace.parent());
    event.put("chain", id);
    event.put("sequence", number(next));
    event.put("previous", last);
    event.put("data", data);
    var hash = Digest.ofText(Canonical.of(event));
    event.put("hash", hash);
    var line = new Line(next, hash, Unseen.escaped(Canonical.of(event)));
    next++;
    last = hash;
    return line;
  }

  /** Sorts as text (CloudEvents' extension {@code sequence}). */
  private static String number(long sequence) {
    return "%012d".formatted(sequence);
  }
}
