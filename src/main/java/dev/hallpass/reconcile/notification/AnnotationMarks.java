package dev.hallpass.reconcile.notification;

import dev.hallpass.api.v1alpha1.HallpassApi;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Marks at the objects themselves: they go with them, and whoever takes over the lead finds them.
 */
final class AnnotationMarks implements Marks {
  /** More often than that nothing is told of one object; the oldest is forgotten first. */
  private static final int REMEMBERED = 16;

  private final KubernetesClient client;

  AnnotationMarks(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public boolean has(HasMetadata object, String id) {
    return told(object).contains(id);
  }

  @Override
  public void set(HasMetadata object, String id) {
    var live = client.resource(object).get();
    if (live == null || has(live, id)) {
      return;
    }
    var told = Stream.concat(told(live).stream(), Stream.of(id)).toList();
    var kept = told.subList(Math.max(0, told.size() - REMEMBERED), told.size());
    // The UID is a condition: another object of the same name is left alone.
    var change =
        Map.of(
            "metadata",
            Map.of(
                "uid",
                object.getMetadata().getUid(),
                "annotations",
                Map.of(HallpassApi.NOTIFIED_ANNOTATION, String.join(",", kept))));
    client
        .resource(object)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            client.getKubernetesSerialization().asJson(change));
  }

  private static List<String> told(HasMetadata object) {
    var annotations = object.getMetadata().getAnnotations();
    var value = annotations == null ? null : annotations.get(HallpassApi.NOTIFIED_ANNOTATION);
    return value == null || value.isEmpty() ? List.of() : Arrays.asList(value.split(",", -1));
  }
}
