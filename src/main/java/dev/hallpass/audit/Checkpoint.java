package dev.hallpass.audit;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record that vouches for all before it in its chain, and remembers how far other chains had got.
 *
 * @param head what is signed
 * @param others what was known of other chains
 */
record Checkpoint(Head head, List<Head.Seen> others) {

  /** Over all that the chain has. */
  static Checkpoint sign(
      Chain chain, boolean closes, Instant now, List<Head.Seen> others, SigningKey key) {
    var unsigned =
        new Head(
            chain.writer(),
            chain.id(),
            chain.next() - 1,
            chain.last(),
            closes,
            now.toString(),
            seen(others),
            key.trusted().id(),
            "");
    return new Checkpoint(
        new Head(
            unsigned.writer(),
            unsigned.chain(),
            unsigned.upTo(),
            unsigned.hash(),
            unsigned.closed(),
            unsigned.time(),
            unsigned.seen(),
            unsigned.key(),
            key.sign(unsigned.statement())),
        others);
  }

  static String seen(List<Head.Seen> others) {
    return Digest.ofText(Canonical.of(others.stream().map(Digest::tree).toList()));
  }

  Map<String, @Nullable Object> data() {
    return Digest.tree(this);
  }

  /**
   * The one in a record.
   *
   * @throws IllegalArgumentException where it is none
   */
  static Checkpoint of(Object data) {
    return Digest.as(data, Checkpoint.class);
  }
}
