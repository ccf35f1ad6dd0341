package dev.hallpass.reconcile.notification;

import static java.util.stream.Collectors.toUnmodifiableMap;

import dev.hallpass.notification.Courier;
import dev.hallpass.notification.Receiver;
import dev.hallpass.reconcile.view.ClusterView;
import dev.hallpass.wire.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;

/** Tells the receiver what the leading controller sees, put together. */
public final class Notifications implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Notifications.class);

  private final List<Announcer> announcers;

  private Notifications(List<Announcer> announcers) {
    this.announcers = announcers;
  }

  /**
   * Puts it together.
   *
   * @param namespace Hallpass's own, where the receiver's Secret is
   * @param installation the Hallpass that tells
   */
  public static Notifications to(
      Receiver receiver,
      KubernetesClient client,
      ClusterView view,
      String namespace,
      String installation,
      MeterRegistry meters,
      Clock clock) {
    var courier =
        new Courier(
            receiver, installation, () -> secret(client, namespace, receiver.secret()), clock);
    var marks = new AnnotationMarks(client);
    // Whoever has many leases wait for approval does not keep anybody from hearing of a
    // break-glass.
    return new Notifications(
        List.of(
            new Announcer(
                "breakglass",
                () -> view.breakGlasses().getStore().list().stream().flatMap(BreakGlassNotices::of),
                courier::deliver,
                marks,
                meters,
                clock),
            new Announcer(
                "approval",
                () -> view.leases().getStore().list().stream().flatMap(LeaseNotices::of),
                courier::deliver,
                marks,
                meters,
                clock)));
  }

  /** Hands over what is due, and returns at once; to be called about once a second. */
  public void turn() {
    announcers.forEach(Announcer::turn);
  }

  private static Map<String, Secret> secret(
      KubernetesClient client, String namespace, String name) {
    try {
      var secret = client.secrets().inNamespace(namespace).withName(name).get();
      return secret == null || secret.getData() == null
          ? Map.of()
          : secret.getData().entrySet().stream()
              .collect(
                  toUnmodifiableMap(
                      Map.Entry::getKey, e -> Secret.of(Base64.getDecoder().decode(e.getValue()))));
    } catch (KubernetesClientException e) {
      LOG.warnf("Secret %s/%s cannot be read: HTTP %d", namespace, name, e.getCode());
      return Map.of();
    }
  }

  @Override
  public void close() {
    announcers.forEach(Announcer::close);
  }
}
