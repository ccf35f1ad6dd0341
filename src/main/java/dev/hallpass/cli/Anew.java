package dev.hallpass.cli;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a pod is created anew: by what made it. Pure. */
final class Anew {
  /** A Deployment names its ReplicaSets by itself and this label. */
  private static final String TEMPLATE_LABEL = "pod-template-hash";

  private Anew() {}

  /** The command for it; empty for a pod that nothing has made but a person. */
  static Optional<String> command(Pod pod) {
    var meta = pod.getMetadata();
    return meta.getOwnerReferences().stream()
        .filter(o -> Boolean.TRUE.equals(o.getController()))
        .findFirst()
        .map(
            owner ->
                workload(owner, label(pod))
                    .map(w -> "rollout restart " + w)
                    .orElseGet(() -> "delete pod " + meta.getName()))
        .map(does -> "kubectl -n %s %s".formatted(meta.getNamespace(), does));
  }

  private static @Nullable String label(Pod pod) {
    var labels = pod.getMetadata().getLabels();
    return labels == null ? null : labels.get(TEMPLATE_LABEL);
  }

  /** What {@code kubectl rollout restart} takes; what owns others makes them anew by itself. */
  private static Optional<String> workload(OwnerReference owner, @Nullable String hash) {
    return switch (owner.getKind()) {
      case "StatefulSet" -> Optional.of("statefulset/" + owner.getName());
      case "DaemonSet" -> Optional.of("daemonset/" + owner.getName());
      case "ReplicaSet" ->
          Optional.of(owner.getName())
              .filter(n -> hash != null && n.endsWith("-" + hash))
              .map(n -> n.substring(0, n.lastIndexOf('-')))
              .map(n -> "deployment/" + n);
      default -> Optional.empty();
    };
  }
}
