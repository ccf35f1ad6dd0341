package dev.hallpass.kube;

import dev.hallpass.api.v1alpha1.HallpassApi;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Cuts objects down to what we read of them, before they are kept: anybody may write large ones,
 * and the cluster's pods are the bulk of the controller's memory anyhow.
 */
public final class Trim {
  /** Objects that are listed at a time: as large as they can be, they still fit into memory. */
  public static final long PAGE = 25;

  private static final Set<String> READ =
      Set.of(
          HallpassApi.INJECTED_ANNOTATION,
          HallpassApi.REVOKE_ANNOTATION,
          HallpassApi.NOTIFIED_ANNOTATION,
          HallpassApi.CREATED_BY_ANNOTATION,
          HallpassApi.CHANGED_BY_ANNOTATION);

  private Trim() {}

  /** A cache of what the cut leaves. */
  public static <T extends HasMetadata> BasicItemStore<T> storing(UnaryOperator<T> trim) {
    return new BasicItemStore<>(Cache::metaNamespaceKeyFunc) {
      @Override
      public T put(String key, T full) {
        return super.put(key, trim.apply(full));
      }
    };
  }

  /** What life and delivery of a pod are judged by. */
  public static Pod pod(Pod full) {
    return new PodBuilder()
        .withMetadata(meta(full))
        .withNewSpec()
        .withServiceAccountName(full.getSpec().getServiceAccountName())
        .withNodeName(full.getSpec().getNodeName())
        .withRestartPolicy(full.getSpec().getRestartPolicy())
        .withContainers(full.getSpec().getContainers().stream().map(Trim::container).toList())
        .endSpec()
        .withNewStatus()
        .withPhase(full.getStatus() == null ? null : full.getStatus().getPhase())
        .withReason(full.getStatus() == null ? null : full.getStatus().getReason())
        .withContainerStatuses(
            full.getStatus() == null
                ? List.of()
                : full.getStatus().getContainerStatuses().stream().map(Trim::status).toList())
        .withInitContainerStatuses(
            full.getStatus() == null
                ? List.of()
                : full.getStatus().getInitContainerStatuses().stream()
                    .filter(s -> HallpassApi.AGENT_CONTAINERS.contains(s.getName()))
                    .map(Trim::status)
                    .toList())
        .endStatus()
        .build();
  }

  /** Whether a node is Ready. */
  public static Node node(Node full) {
    return new NodeBuilder()
        .withMetadata(meta(full))
        .withNewStatus()
        .withConditions(
            full.getStatus() == null
                ? List.of()
                : full.getStatus().getConditions().stream()
                    .filter(c -> "Ready".equals(c.getType()))
                    .toList())
        .endStatus()
        .build();
  }

  /** That the account is there. */
  public static ServiceAccount serviceAccount(ServiceAccount full) {
    return new ServiceAccountBuilder().withMetadata(meta(full)).build();
  }

  /** Its labels, and whether it ends. */
  public static Namespace namespace(Namespace full) {
    return new NamespaceBuilder().withMetadata(meta(full)).withStatus(full.getStatus()).build();
  }

  /** An object of ours, without what others keep with it. */
  public static <T extends HasMetadata> T own(T full) {
    full.getMetadata().setManagedFields(null);
    full.getMetadata().setAnnotations(ours(full.getMetadata().getAnnotations()));
    return full;
  }

  /** All of an object but who manages which field of it. */
  static <T extends HasMetadata> T whole(T full) {
    full.getMetadata().setManagedFields(null);
    return full;
  }

  private static ObjectMeta meta(HasMetadata full) {
    var meta = full.getMetadata();
    return new ObjectMetaBuilder()
        .withName(meta.getName())
        .withNamespace(meta.getNamespace())
        .withUid(meta.getUid())
        .withGeneration(meta.getGeneration())
        .withResourceVersion(meta.getResourceVersion())
        .withCreationTimestamp(meta.getCreationTimestamp())
        .withDeletionTimestamp(meta.getDeletionTimestamp())
        .withLabels(meta.getLabels())
        .withAnnotations(ours(meta.getAnnotations()))
        .build();
  }

  private static Map<String, String> ours(@Nullable Map<String, String> annotations) {
    var kept = new HashMap<String, String>();
    if (annotations != null) {
      kept.putAll(annotations);
      kept.keySet().retainAll(READ);
    }
    return kept;
  }

  private static Container container(Container full) {
    return new ContainerBuilder()
        .withName(full.getName())
        .withRestartPolicy(full.getRestartPolicy())
        .build();
  }

  private static ContainerStatus status(ContainerStatus full) {
    return new ContainerStatusBuilder().withName(full.getName()).withState(full.getState()).build();
  }
}
