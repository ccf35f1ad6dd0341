package dev.hallpass.app;

import dev.hallpass.kube.Events;
import dev.hallpass.lease.LeaseStore;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Optional;

/**
 * Whether Hallpass may be uninstalled. The chart asks before Helm removes anything: nobody but a
 * running Hallpass ends what is out there. It is asked once; what is issued between its answer and
 * the end of the brokers it does not see.
 */
final class UninstallCheck {
  private static final String WAY_OUT =
      "Once Hallpass is gone nobody ends them: their logins work until they expire, and open"
          + " sessions stay open. End them first: delete the requests (kubectl delete"
          + " credentialrequests --all --all-namespaces), or, where their pods do not ask again, the"
          + " leases (kubectl hallpass revoke --all --all-namespaces); then uninstall again. To"
          + " leave them as they are: helm uninstall --no-hooks. To keep Hallpass: helm rollback to the"
          + " last revision that helm history shows. More in docs/install.md, \"Uninstall\".";

  private final KubernetesClient client;
  private final Events events;
  private final Optional<ObjectReference> job;

  /**
   * Asks through this client.
   *
   * @param job that it runs in, about which an Event is written
   */
  UninstallCheck(KubernetesClient client, Events events, Optional<ObjectReference> job) {
    this.client = client;
    this.events = events;
    this.job = job;
  }

  /** What speaks against it; empty where nothing does. What cannot be told speaks against it. */
  Optional<String> objection() {
    LiveLeases live;
    try {
      live = live();
    } catch (KubernetesClientException e) {
      return Optional.of(unknown(e));
    }
    if (live.none()) {
      return Optional.empty();
    }
    var message = "%s. %s".formatted(live, WAY_OUT);
    job.ifPresent(j -> events.sayNow(j, Events.Type.Warning, Reason.UninstallRefused, message));
    return Optional.of("%s: %s".formatted(Reason.UninstallRefused, message));
  }

  private static String unknown(KubernetesClientException e) {
    return "%s: whether leases are live cannot be told, since the API server %s. To uninstall without knowing: helm uninstall --no-hooks."
        .formatted(
            Reason.ApiServerUnavailable,
            e.getCode() <= 0 ? "does not answer" : "answers HTTP " + e.getCode());
  }

  private LiveLeases live() {
    var count = new LiveLeases.Count();
    try {
      new LeaseStore(client).forEach(count::add);
    } catch (KubernetesClientException e) {
      // Without their definition there are none.
      if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
        throw e;
      }
      return LiveLeases.NONE;
    }
    return count.counted();
  }
}
