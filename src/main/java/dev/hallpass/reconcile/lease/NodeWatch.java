package dev.hallpass.reconcile.lease;

import dev.hallpass.reconcile.view.Changes;
import io.fabric8.kubernetes.api.model.Node;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Since when a node is lost. One that is not Ready says so itself; for one that was removed, nobody
 * does, and the time counts from when its absence was first noticed here.
 */
final class NodeWatch {
  private final Clock clock;
  private final Map<String, Instant> absentSince = new ConcurrentHashMap<>();

  NodeWatch(Clock clock) {
    this.clock = clock;
  }

  /** When the node of that name stopped being well; null where it is well. */
  @Nullable Instant lostSince(String name, @Nullable Node node) {
    if (node == null) {
      return absentSince.computeIfAbsent(name, n -> clock.instant());
    }
    absentSince.remove(name);
    return Changes.readyCondition(node)
        .filter(c -> !"True".equals(c.getStatus()))
        .flatMap(c -> Optional.ofNullable(c.getLastTransitionTime()))
        .map(Instant::parse)
        .orElse(null);
  }
}
