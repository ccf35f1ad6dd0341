package dev.hallpass.cli;

import dev.hallpass.api.v1alpha1.HallpassApi;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;

/**
 * What would become of a pod that was created anew, by asking the API server, which keeps nothing.
 */
sealed interface DryRun {

  /**
   * It would be created.
   *
   * @param requests that it would be injected for
   */
  record Created(List<String> requests) implements DryRun {}

  /** It would be refused, by the webhook or by another. */
  record Refused(String message) implements DryRun {}

  /** The user may not create pods, so the question cannot be asked. */
  record NotAsked(String obstacle) implements DryRun {}

  /** Asks. */
  static DryRun of(KubernetesClient client, Pod pod) {
    try {
      var created = client.resource(PodCopy.of(pod)).dryRun().create();
      var annotations = created.getMetadata().getAnnotations();
      var injected = annotations == null ? null : annotations.get(HallpassApi.INJECTED_ANNOTATION);
      return new Created(
          injected == null || injected.isEmpty() ? List.of() : List.of(injected.split(",", -1)));
    } catch (KubernetesClientException e) {
      if (e.getCode() == 0 || e.getCode() == HttpURLConnection.HTTP_UNAUTHORIZED) {
        throw e;
      }
      var line = ApiErrors.line(e);
      return e.getCode() == HttpURLConnection.HTTP_FORBIDDEN && line.contains("cannot create")
          ? new NotAsked(line)
          : new Refused(line);
    }
  }
}
