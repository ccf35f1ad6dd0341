package dev.hallpass.cli;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import org.jspecify.annotations.Nullable;

/** What the API server, or its absence, says to a person: one line. */
final class ApiErrors {
  private ApiErrors() {}

  /**
   * The end of a command that met this.
   *
   * @param server where the API server is, as the kubeconfig says
   */
  static Failure failure(KubernetesClientException e, String server) {
    if (e.getStatus() == null && e.getCode() <= 0) {
      return silent(e, server);
    }
    return switch (e.getCode()) {
      case HttpURLConnection.HTTP_FORBIDDEN ->
          new Failure(ExitCode.REFUSED, "not permitted: " + line(e));
      case HttpURLConnection.HTTP_UNAUTHORIZED ->
          new Failure(
              ExitCode.REFUSED,
              "the API server does not accept the credentials of the kubeconfig: log in again");
      case HttpURLConnection.HTTP_NOT_FOUND ->
          namesObject(e)
              ? new Failure(ExitCode.ABSENT, line(e))
              : new Failure(
                  ExitCode.ABSENT,
                  "the cluster does not know the kind that was asked for: Hallpass is not"
                      + " installed there, or older than the plugin; kubectl hallpass doctor says"
                      + " what is missing");
      case 0 -> silent(e, server);
      default -> new Failure(ExitCode.REFUSED, "the API server refuses: " + line(e));
    };
  }

  private static Failure silent(KubernetesClientException e, String server) {
    return new Failure(
        ExitCode.REFUSED,
        "the API server at %s, as the kubeconfig names it, does not answer: %s"
            .formatted(server, rootMessage(e)));
  }

  /** The server's own words. */
  static String line(KubernetesClientException e) {
    var status = e.getStatus();
    var message = status == null ? null : status.getMessage();
    return oneLine(message == null || message.isEmpty() ? e.getMessage() : message);
  }

  private static boolean namesObject(KubernetesClientException e) {
    var details = e.getStatus() == null ? null : e.getStatus().getDetails();
    return details != null && details.getName() != null && !details.getName().isEmpty();
  }

  private static String rootMessage(Throwable e) {
    var root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    var message = root.getMessage();
    return oneLine(
        message == null || message.isBlank()
            ? root.getClass().getSimpleName()
            : "%s (%s)".formatted(message, root.getClass().getSimpleName()));
  }

  private static String oneLine(@Nullable String text) {
    return text == null ? "no reason given" : text.strip().replaceAll("\\s*\\R\\s*", "; ");
  }
}
