package dev.hallpass.cli;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.BreakGlassStatus.Phase;
import org.jspecify.annotations.Nullable;

/** A break-glass as people ask for it. */
record BreakGlassView(
    String namespace,
    String name,
    Phase phase,
    @Nullable String openedBy,
    String incident,
    String justification,
    @Nullable String endsAt,
    @Nullable String unreviewedSince) {

  /** Until the controller has seen it, it is taken for open. */
  static BreakGlassView of(BreakGlass glass) {
    var spec = glass.getSpec();
    var status = glass.getStatus();
    var opener = spec.openedBy();
    return new BreakGlassView(
        glass.getMetadata().getNamespace(),
        glass.getMetadata().getName(),
        status == null ? Phase.Open : status.phase(),
        opener == null ? null : opener.username(),
        spec.incident(),
        spec.justification(),
        status == null ? null : status.endsAt(),
        status == null ? null : status.unreviewedSince());
  }

  boolean open() {
    return phase == Phase.Open;
  }

  boolean reviewed() {
    return phase == Phase.Reviewed;
  }
}
