package dev.hallpass.admission;

import dev.hallpass.api.v1alpha1.Delivery;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a pod gets.
 *
 * @param credentials all of them, by request and then as the request lists them; never empty
 * @param views which containers see which of them; never empty
 * @param user whom the agent runs as
 * @param readyPort where the agent tells that it is ready
 * @param trustBundle PEM certificates the agent trusts for the broker
 */
public record InjectionPlan(
    List<PlannedCredential> credentials,
    List<View> views,
    AgentUser user,
    int readyPort,
    String trustBundle) {

  /**
   * One credential of one request.
   *
   * @param request the request's name
   * @param credential the credential's name in it
   * @param mode how it is delivered
   * @param notification how the app hears that its files have changed; null where it does not
   */
  public record PlannedCredential(
      String request,
      String credential,
      Delivery.Mode mode,
      Delivery.@Nullable Notify notification) {
    @Override
    public String toString() {
      return request + "/" + credential;
    }
  }

  /** The requests behind the credentials, without repetition. */
  List<String> requests() {
    return credentials.stream().map(PlannedCredential::request).distinct().toList();
  }

  /** The containers that see any of the files, init containers first. */
  Set<String> consumers() {
    return views.stream()
        .flatMap(v -> v.containers().stream())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** The view of a container, where it has one. */
  Optional<View> viewOf(String container) {
    return views.stream().filter(v -> v.containers().contains(container)).findFirst();
  }

  /** Where the agent writes the files of a credential. */
  List<String> folders(PlannedCredential credential) {
    return views.stream()
        .filter(v -> v.credentials().contains(credential.toString()))
        .map(View::folder)
        .toList();
  }

  /** The containers whose main process is signalled. */
  Set<String> signalled() {
    return credentials.stream()
        .map(PlannedCredential::notification)
        .filter(Objects::nonNull)
        .map(Delivery.Notify::signal)
        .filter(Objects::nonNull)
        .map(Delivery.Signal::container)
        .collect(Collectors.toSet());
  }

  /** The credentials of that mode. */
  List<PlannedCredential> of(Delivery.Mode mode) {
    return credentials.stream().filter(c -> c.mode() == mode).toList();
  }
}
