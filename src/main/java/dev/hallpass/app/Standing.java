package dev.hallpass.app;

import jakarta.inject.Singleton;
import java.util.function.BooleanSupplier;

/**
 * How the process stands, for the probes. It needs nothing, because they ask before anything is
 * there, and from an event loop: whatever they made would be made there, API calls included.
 */
@Singleton
final class Standing {
  private volatile BooleanSupplier ready = () -> false;
  private volatile BooleanSupplier alive = () -> true;

  /**
   * Asks the process from now on.
   *
   * @param ready whether it can do its work
   * @param alive whether a restart would be of no help
   */
  void by(BooleanSupplier ready, BooleanSupplier alive) {
    this.ready = ready;
    this.alive = alive;
  }

  boolean ready() {
    return ready.getAsBoolean();
  }

  boolean alive() {
    return alive.getAsBoolean();
  }
}
