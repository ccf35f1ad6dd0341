package dev.hallpass.reconcile.lease;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.lease.Turns;
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
import java.net.SocketTimeoutException;
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

  /** Injection gives none below: the chart's schema has it as the least of {@code agent.port}. */
  private static final int LOWEST_PORT = 1024;

  private final KubernetesClient client;
  private final MeterRegistry meters;

  Doorbell(KubernetesClient client, MeterRegistry meters) {
    this.client = client;
    this.meters = meters;
  }

  /** Takes a second at most once the pod is known, and never fails. */
  void ring(CredentialLease lease) {
    door(lease).ifPresent(d -> count(Turns.aside(() -> answers(d)) ? "heard" : "unheard"));
  }

  private Optional<InetSocketAddress> door(CredentialLease lease) {
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

  /**
   * Where the agent of a pod listens; nowhere where the port is none that injection gives, or the
   * address is the node's.
   */
  static Optional<InetSocketAddress> door(Pod pod) {
    var address = pod.getStatus() == null ? null : pod.getStatus().getPodIP();
    return address == null || Boolean.TRUE.equals(pod.getSpec().getHostNetwork())
        ? Optional.empty()
        : pod.getSpec().getInitContainers().stream()
            .filter(c -> c.getName().equals(HallpassApi.AGENT_CONTAINER))
            .findFirst()
            .flatMap(Doorbell::port)
            .filter(port -> port >= LOWEST_PORT)
            .map(port -> new InetSocketAddress(address, port));
  }

  private static Optional<Integer> port(Container agent) {
    var probe = agent.getStartupProbe();
    var http = probe == null ? null : probe.getHttpGet();
    return Optional.ofNullable(http == null ? null : http.getPort()).map(IntOrString::getIntVal);
  }

  /** Whether it is accepted there, all within a second: pods are not to hold the controller up. */
  static boolean answers(InetSocketAddress door) {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    try (var socket = new Socket()) {
      socket.connect(door, millisUntil(deadline));
      socket.getOutputStream().write(CHECK);
      var status = new byte[ACCEPTED.length()];
      for (var read = 0; read < status.length; ) {
        socket.setSoTimeout(millisUntil(deadline));
        var more = socket.getInputStream().read(status, read, status.length - read);
        if (more < 0) {
          return false;
        }
        read += more;
      }
      return ACCEPTED.equals(new String(status, StandardCharsets.US_ASCII));
    } catch (IOException e) {
      // It is counted; a line for each would let pods fill the log.
      return false;
    }
  }

  /** Never zero, which would be for ever. */
  private static int millisUntil(long deadline) throws SocketTimeoutException {
    var left = (int) Duration.ofNanos(deadline - System.nanoTime()).toMillis();
    if (left <= 0) {
      throw new SocketTimeoutException("the second is over");
    }
    return left;
  }

  private void count(String outcome) {
    Counter.builder("hallpass.agent.wakes")
        .description("Agents told that a lease has ended, by whether they heard it")
        .tag("outcome", outcome)
        .register(meters)
        .increment();
  }
}
