package dev.hallpass.reconcile.breakglass;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.BreakGlassSpec.Review;
import dev.hallpass.api.v1alpha1.BreakGlassStatus;
import dev.hallpass.api.v1alpha1.BreakGlassStatus.Phase;
import dev.hallpass.kube.Conditions;
import dev.hallpass.kube.Statement;
import dev.hallpass.policy.BreakGlassWindow;
import dev.hallpass.wire.Reason;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How a break-glass stands. Pure; a fresh status each time. */
final class BreakGlassStatusFactory {
  private final Duration longest;

  /**
   * Makes statuses.
   *
   * @param longest what a break-glass may last
   */
  BreakGlassStatusFactory(Duration longest) {
    this.longest = longest;
  }

  /** The phase at that time: a review counts once it is over. */
  static Phase phase(BreakGlass breakGlass, BreakGlassWindow window, Instant now) {
    if (window.open(now)) {
      return Phase.Open;
    }
    return breakGlass.getSpec().review() == null ? Phase.Ended : Phase.Reviewed;
  }

  BreakGlassWindow window(BreakGlass breakGlass) {
    return BreakGlassWindow.of(breakGlass, longest);
  }

  /**
   * The status.
   *
   * @param leases those under it that are not yet revoked
   */
  BreakGlassStatus status(BreakGlass breakGlass, int leases, Instant now) {
    var window = window(breakGlass);
    var phase = phase(breakGlass, window, now);
    var generation = breakGlass.getMetadata().getGeneration();
    var old = breakGlass.getStatus();
    return new BreakGlassStatus(
        generation,
        phase,
        window.ends().toString(),
        leases,
        phase == Phase.Ended ? window.ends().toString() : null,
        Conditions.with(
            old == null ? null : old.conditions(),
            say(breakGlass.getSpec().review(), phase, window, now),
            generation,
            now));
  }

  private static Statement say(
      @Nullable Review review, Phase phase, BreakGlassWindow window, Instant now) {
    return switch (phase) {
      case Open ->
          new Statement.Fails(
              Conditions.REVIEWED,
              Reason.BreakGlassOpen,
              "open until %s; it is reviewed after its end".formatted(window.ends()));
      case Ended ->
          new Statement.Fails(
              Conditions.REVIEWED,
              Reason.BreakGlassUnreviewed,
              "it ended at %s and has waited %s for its review"
                  .formatted(window.ends(), age(Duration.between(window.ends(), now))));
      case Reviewed ->
          new Statement.Holds(Conditions.REVIEWED, Reason.BreakGlassReviewed, words(review));
    };
  }

  private static String words(@Nullable Review review) {
    return review == null || review.reviewedBy() == null
        ? "reviewed"
        : "%s, says %s".formatted(review.outcome(), review.reviewedBy().username());
  }

  /** In whole hours, then days, so that the status is not written for every minute. */
  static String age(Duration waited) {
    if (waited.toHours() < 1) {
      return "less than an hour";
    }
    return waited.toDays() < 2 ? waited.toHours() + " h" : waited.toDays() + " days";
  }
}
