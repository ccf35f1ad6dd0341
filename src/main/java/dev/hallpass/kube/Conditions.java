package dev.hallpass.kube;

import dev.hallpass.wire.Excerpt;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Conditions in the standard shape (Kubernetes API conventions, "Typical status properties").
 *
 * <p>{@code lastTransitionTime} moves only when the status of a condition does.
 */
public final class Conditions {
  public static final String READY = "Ready";
  public static final String ACTIVE = "Active";
  public static final String REVOKED = "Revoked";
  public static final String REVOCATION_FAILED = "RevocationFailed";
  public static final String REVIEWED = "Reviewed";
  public static final String PODS_INJECTED = "PodsInjected";
  public static final String PODS_SERVED = "PodsServed";

  private Conditions() {}

  /** The list with the condition that says this, all others kept in place. */
  public static List<Condition> with(
      @Nullable List<Condition> existing,
      Statement said,
      @Nullable Long observedGeneration,
      Instant now) {
    var status =
        switch (said) {
          case Statement.Holds holds -> "True";
          case Statement.Fails fails -> "False";
        };
    var before = find(existing, said.type());
    var since =
        before
            .filter(c -> status.equals(c.getStatus()))
            .map(Condition::getLastTransitionTime)
            .orElseGet(() -> now.truncatedTo(ChronoUnit.SECONDS).toString());
    var set =
        new ConditionBuilder()
            .withType(said.type())
            .withStatus(status)
            .withReason(said.reason().name())
            .withMessage(Excerpt.of(said.message(), Excerpt.STATEMENTS))
            .withObservedGeneration(observedGeneration)
            .withLastTransitionTime(since)
            .build();
    var all = new ArrayList<Condition>(existing == null ? List.of() : existing);
    var at = before.map(all::indexOf).orElse(-1);
    if (at < 0) {
      all.add(set);
    } else {
      all.set(at, set);
    }
    return List.copyOf(all);
  }

  /** The condition of that type. */
  public static Optional<Condition> find(@Nullable List<Condition> conditions, String type) {
    return conditions == null
        ? Optional.empty()
        : conditions.stream().filter(c -> type.equals(c.getType())).findFirst();
  }

  /** Whether the condition of that type is {@code True}. */
  public static boolean holds(@Nullable List<Condition> conditions, String type) {
    return find(conditions, type).filter(c -> "True".equals(c.getStatus())).isPresent();
  }
}
