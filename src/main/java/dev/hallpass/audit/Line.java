package dev.hallpass.audit;

import dev.hallpass.wire.Unseen;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record of a chain, as sinks take it.
 *
 * @param sequence its number in the chain, from 0
 * @param hash SHA-256 of its canonical form without the member {@code hash}, in hex
 * @param event the CloudEvent, {@code hash} included
 * @param json the same in canonical form but that {@link Unseen} characters are escaped
 */
record Line(long sequence, String hash, Map<String, @Nullable Object> event, String json) {

  byte[] bytes() {
    return (json + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
