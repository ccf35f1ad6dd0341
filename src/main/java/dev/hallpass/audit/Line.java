package dev.hallpass.audit;

import dev.hallpass.wire.Unseen;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record of a chain, as sinks take it. Many may wait for a sink, so it is kept as text alone.
 *
 * @param sequence its number in the chain, from 0
 * @param hash SHA-256 of its canonical form without the member {@code hash}, in hex
 * @param json the CloudEvent, {@code hash} included, in canonical form but that {@link Unseen}
 *     characters are escaped
 */
record Line(long sequence, String hash, String json) {

  /** The CloudEvent, {@code hash} included. */
  Map<String, @Nullable Object> event() {
    return Digest.read(json);
  }

  /** In bytes. */
  int size() {
    return Bounded.bytes(json);
  }

  byte[] bytes() {
    return (json + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
