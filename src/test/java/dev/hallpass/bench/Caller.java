package dev.hallpass.bench;

import dev.hallpass.bench.Tickets.Ticket;
import dev.hallpass.broker.BrokerScene;
import dev.hallpass.wire.Codec;
import dev.hallpass.wire.IssueAnswer;
import dev.hallpass.wire.IssueRequest;
import dev.hallpass.wire.LeaseCall;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Calls the broker as agents do, each from its pod's address. A call that is turned away because
 * there are too many is made again, and its time goes on.
 */
final class Caller {
  private static final int UNAVAILABLE = 503;
  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final Duration AT_MOST = Duration.ofSeconds(30);

  private final Map<String, HttpClient> clients = new ConcurrentHashMap<>();
  private final AtomicLong turnedAway = new AtomicLong();
  private final BrokerScene scene;

  Caller(BrokerScene scene) {
    this.scene = scene;
  }

  /** Until the account can be used. */
  IssueAnswer issue(Ticket ticket) throws IOException, InterruptedException {
    return issue(ticket, new IssueRequest(ticket.request(), "db"));
  }

  /** Until the certificate for this key is there and acknowledged. */
  void issue(Ticket ticket, String csr) throws IOException, InterruptedException {
    issue(ticket, new IssueRequest(ticket.request(), "db", null, csr));
  }

  private IssueAnswer issue(Ticket ticket, IssueRequest asks)
      throws IOException, InterruptedException {
    var issued =
        Codec.issueAnswer(post(scene.address("/v1/credentials"), ticket, Codec.encode(asks)));
    post(
        scene.address("/v1/leases/acknowledge"),
        ticket,
        Codec.encode(new LeaseCall(issued.lease(), issued.epoch())));
    return issued;
  }

  /** Calls that had to be made again, since the last time this was asked. */
  long turnedAway() {
    return turnedAway.getAndSet(0);
  }

  private byte[] post(URI address, Ticket ticket, byte[] body)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(address)
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + ticket.token())
            .POST(BodyPublishers.ofByteArray(body))
            .build();
    var http = clients.computeIfAbsent(ticket.address(), Caller::from);
    var began = System.nanoTime();
    var response = http.send(request, BodyHandlers.ofByteArray());
    while (response.statusCode() == UNAVAILABLE && System.nanoTime() - began < AT_MOST.toNanos()) {
      turnedAway.incrementAndGet();
      LockSupport.parkNanos(PAUSE.toNanos());
      response = http.send(request, BodyHandlers.ofByteArray());
    }
    if (response.statusCode() != 200) {
      throw new IllegalStateException(
          "HTTP %d: %s"
              .formatted(
                  response.statusCode(), new String(response.body(), StandardCharsets.UTF_8)));
    }
    return response.body();
  }

  private static HttpClient from(String address) {
    try {
      return HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .localAddress(InetAddress.getByName(address))
          .build();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(address, e);
    }
  }
}
