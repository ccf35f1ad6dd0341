package dev.hallpass.provider.kubernetes;

import dev.hallpass.provider.TargetException;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;

/** What the API server's answers mean, and what mends them. They hold no token. */
final class ApiAnswers {
  private ApiAnswers() {}

  /**
   * Explains a failure.
   *
   * @param doing what was tried, e.g. {@code create secrets}
   */
  static TargetException explain(String doing, String namespace, KubernetesClientException e) {
    var said = e.getStatus() == null ? null : e.getStatus().getMessage();
    return switch (e.getCode()) {
      case 0 -> new TargetException(Reason.TargetUnreachable, "the API server does not answer", e);
      case HttpURLConnection.HTTP_FORBIDDEN ->
          new TargetException(
              Reason.TargetRefused,
              ("Hallpass may not %s in namespace %s: apply the Role and RoleBinding of"
                      + " config/providers/kubernetes there (%s)")
                  .formatted(doing, namespace, said),
              e);
      default ->
          new TargetException(
              Reason.TargetRefused,
              "the API server answers HTTP %d to %s in namespace %s (%s)"
                  .formatted(e.getCode(), doing, namespace, said),
              e);
    };
  }
}
