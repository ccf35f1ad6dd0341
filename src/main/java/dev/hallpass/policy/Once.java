package dev.hallpass.policy;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A value that is asked for once, by whoever needs it first, and kept for the others. */
public final class Once<T> implements Supplier<T> {
  private final Supplier<T> source;
  private @Nullable T value;

  /** Asks this source. */
  public Once(Supplier<T> source) {
    this.source = source;
  }

  @Override
  public synchronized T get() {
    var known = value;
    if (known == null) {
      known = source.get();
      value = known;
    }
    return known;
  }
}
