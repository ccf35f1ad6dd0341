package dev.hallpass.audit;

import java.util.List;

/** What writers know of each other: the newest checkpoint of each chain. */
public interface Heads {

  /**
   * Publishes a chain's newest, in place of its last.
   *
   * @return all that are known, of this chain and of others
   * @throws RuntimeException where it cannot be published
   */
  List<Head> publish(Head own);

  /**
   * All that are known.
   *
   * @throws RuntimeException where they cannot be read
   */
  List<Head> read();
}
