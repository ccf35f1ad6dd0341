package dev.hallpass.audit;

import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What ties records together with each other, and with the traces of other systems.
 *
 * @param parent the {@code traceparent} of W3C Trace Context, version 00
 */
public record Trace(String parent) {
  private static final Pattern FORM =
      Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

  /**
   * One of this form.
   *
   * @throws IllegalArgumentException where it is another
   */
  public Trace {
    if (!FORM.matcher(parent).matches()) {
      throw new IllegalArgumentException("not a traceparent of version 00");
    }
  }

  /** The one that a call carries; a fresh one where it carries none, or nonsense. */
  public static Trace ofCall(@Nullable String traceparent) {
    return traceparent != null && FORM.matcher(traceparent).matches()
        ? new Trace(traceparent)
        : fresh();
  }

  /** One that nothing else has. */
  public static Trace fresh() {
    return of(UUID.randomUUID());
  }

  /**
   * The one of a lease, where no call carries another: its UID is the trace id, so that all that
   * becomes of it by itself is in one trace.
   *
   * @param uid the lease's
   */
  public static Trace ofLease(String uid) {
    return of(UUID.fromString(uid));
  }

  /** The one of a record that a chain tells of itself, which follows from its number. */
  static Trace ofChain(String chain, long sequence) {
    return of(UUID.fromString(chain), sequence + 1);
  }

  private static Trace of(UUID id) {
    return of(id, ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE));
  }

  private static Trace of(UUID id, long span) {
    return new Trace(
        "00-%s-%s-00".formatted(id.toString().replace("-", ""), HexFormat.of().toHexDigits(span)));
  }
}
