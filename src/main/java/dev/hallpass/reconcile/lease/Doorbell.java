package dev.hallpass.reconcile.lease;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.HallpassApi;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * Tells the agent of a pod whose lease has ended to ask for itself, so that it asks for another at
 * once rather than when it would have renewed ({@code docs/adr/0010}). Nothing depends on it: where
 * the pod cannot be reached, its agent finds out at two thirds of the ttl.
 *
 * <p>What is sent is the same for everybody and holds nothing; what comes back is not believed, and
 * no more of it is read than a status line.
 */
final class Doorbell {
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final byte[] CHECK =
      "POST /check HTTP/1.1\r\nHost: agent\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);
  private static final String ACCEPTED = "HTTP/1.1 202";

  private final KubernetesClient client;
  private final MeterRegistry meters;

  Doorbell(KubernetesClient client, MeterRegistry meters) {
    this.client = client;
    this.meters = meters;
  }

  /** Where the agent of a pod listens. */
  private record Door(String address, int port) {}

  /** Takes two seconds at most, and never fails. */
  void ring(CredentialLease lease) {
    door(lease).ifPresent(d -> count(answers(d) ? "heard" : "unheard"));
  }

  private Optional<Door> door(CredentialLease lease) {
    var held = lease.getSpec().pod();
    try {
      return Optional.ofNullable(
              client
                  .pods()
                  .inNamespace(lease.getMetadata().getNamespace())
                  .withName(held.name())
                  .get())
          .filter(p -> p.getMetadata().getUid().equals(held.uid()))
          .flatMap(Doorbell::door);
    } catch (KubernetesClientException e) {
      count("unheard");
      return Optional.empty();
    }
  }

  private static Optional<Door> door(Pod pod) {
    var address = pod.getStatus() == null ? null : pod.getStatus().getPodIP();
    return address == null
        ? Optional.empty()
        : pod.getSpec().getInitContainers().stream()
            .filter(c -> c.getName().equals(HallpassApi.AGENT_CONTAINER))
            .findFirst()
            .flatMap(Doorbell::port)
            .map(port -> new Door(address, port));
  }

  private static Optional<Integer> port(Container agent) {
    var probe = agent.getStartupProbe();
    var http = probe == null ? null : probe.getHttpGet();
    return Optional.ofNullable(http == null ? null : http.getPort()).map(IntOrString::getIntVal);
  }

  private static boolean answers(Door door) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(door.address(), door.port()), (int) PATIENCE.toMillis());
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket.getOutputStream().write(CHECK);
      var status = socket.getInputStream().readNBytes(ACCEPTED.length());
      return ACCEPTED.equals(new String(status, StandardCharsets.US_ASCII));
    } catch (IOException e) {
      // It is counted; a line for each would let pods fill the log.
      return false;
    }
  }

  private void count(String outcome) {
    Counter.builder("hallpass.agent.wakes")
        .description("Agents told that a lease has ended, by whether they heard it")
        .tag("outcome", outcome)
        .register(meters)
        .increment();
  }
}
