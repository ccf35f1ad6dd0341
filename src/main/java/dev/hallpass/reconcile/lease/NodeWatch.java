package dev.hallpass.reconcile.lease;

import dev.hallpass.reconcile.view.Changes;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Since when a node is lost. One that is not Ready says so itself; for one that was removed, nobody
 * does, and the time counts from when its absence was first noticed here. It ends when the node is
 * back, whether somebody asks meanwhile or not: so this hears of nodes itself.
 */
final class NodeWatch implements ResourceEventHandler<Node> {
  /** Whoever has a lease there asks far more often. */
  private static final Duration UNASKED = Duration.ofDays(1);

  private final Clock clock;
  private final Map<String, Absence> absences = new ConcurrentHashMap<>();

  private record Absence(Instant since, Instant askedAt) {}

  NodeWatch(Clock clock) {
    this.clock = clock;
  }

  /** When the node of that name stopped being well; null where it is well. */
  @Nullable Instant lostSince(String name, @Nullable Node node) {
    if (node == null) {
      return absentSince(name);
    }
    absences.remove(name);
    return Changes.readyCondition(node)
        .filter(c -> !"True".equals(c.getStatus()))
        .flatMap(c -> Optional.ofNullable(c.getLastTransitionTime()))
        .map(Instant::parse)
        .orElse(null);
  }

  private Instant absentSince(String name) {
    var now = clock.instant();
    absences.values().removeIf(a -> a.askedAt().plus(UNASKED).isBefore(now));
    return absences
        .merge(name, new Absence(now, now), (known, asked) -> new Absence(known.since(), now))
        .since();
  }

  @Override
  public void onAdd(Node added) {
    absences.remove(added.getMetadata().getName());
  }

  @Override
  public void onUpdate(Node old, Node updated) {
    absences.remove(updated.getMetadata().getName());
  }

  /** Whoever asks notices. */
  @Override
  public void onDelete(Node deleted, boolean finalStateUnknown) {}
}
