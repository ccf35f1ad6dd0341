package dev.hallpass.admission;

import dev.hallpass.api.v1alpha1.Delivery;
import java.util.List;
import java.util.Set;

/**
 * What a pod gets.
 *
 * @param credentials all of them, by request and then as the request lists them; never empty
 * @param consumers the containers that see the files, init containers included
 * @param user whom the agent runs as
 * @param trustBundle PEM certificates the agent trusts for the broker
 */
public record InjectionPlan(
    List<PlannedCredential> credentials,
    Set<String> consumers,
    AgentUser user,
    String trustBundle) {

  /**
   * One credential of one request.
   *
   * @param request the request's name
   * @param credential the credential's name in it
   * @param mode how it is delivered
   */
  public record PlannedCredential(String request, String credential, Delivery.Mode mode) {
    @Override
    public String toString() {
      return request + "/" + credential;
    }
  }

  /** The requests behind the credentials, without repetition. */
  List<String> requests() {
    return credentials.stream().map(PlannedCredential::request).distinct().toList();
  }

  /** The credentials of that mode. */
  List<PlannedCredential> of(Delivery.Mode mode) {
    return credentials.stream().filter(c -> c.mode() == mode).toList();
  }
}
