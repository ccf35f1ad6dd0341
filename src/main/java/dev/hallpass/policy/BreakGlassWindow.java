package dev.hallpass.policy;

import dev.hallpass.api.v1alpha1.BreakGlass;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * From when to when a break-glass is open. All of it comes from what the API server itself wrote,
 * and from the duration, which cannot change: nobody can move it but by deleting the break-glass,
 * which ends it.
 *
 * @param opens its creation
 * @param ends its duration, or its deletion
 */
public record BreakGlassWindow(Instant opens, Instant ends) {

  /**
   * The window of a break-glass.
   *
   * @param longest what this Hallpass lets one last, whatever it says
   */
  public static BreakGlassWindow of(BreakGlass breakGlass, Duration longest) {
    var meta = breakGlass.getMetadata();
    var opens = Instant.parse(meta.getCreationTimestamp());
    var asked = Durations.parse(breakGlass.getSpec().duration());
    var moments =
        Stream.concat(
                List.of(opens.plus(asked), opens.plus(longest)).stream(),
                Stream.ofNullable(meta.getDeletionTimestamp()).map(Instant::parse))
            .toList();
    return new BreakGlassWindow(opens, Collections.min(moments));
  }

  /** Whether it is open at that time. */
  public boolean open(Instant now) {
    return now.isBefore(ends);
  }
}
