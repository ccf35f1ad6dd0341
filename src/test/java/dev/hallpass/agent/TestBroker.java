package dev.hallpass.agent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.hallpass.wire.Codec;
import dev.hallpass.wire.IssueAnswer;
import dev.hallpass.wire.LeaseAnswer;
import dev.hallpass.wire.LeaseAnswer.Next;
import dev.hallpass.wire.Problem;
import dev.hallpass.wire.Reason;
import dev.hallpass.wire.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.bouncycastle.asn1.x509.GeneralName;

/** The broker's side of the protocol, over real TLS, with answers that a test sets. */
final class TestBroker implements AutoCloseable {
  final TestAuthority authority = new TestAuthority();
  final List<String> calls = new CopyOnWriteArrayList<>();
  final List<String> tokens = new CopyOnWriteArrayList<>();
  final Queue<Reason> refusals = new ConcurrentLinkedQueue<>();

  volatile List<IssueAnswer.File> files =
      List.of(new IssueAnswer.File("db.env", Secret.of("PGPASSWORD=s1\n")));
  volatile String lease = "lease-1";
  volatile Duration ttl = Duration.ofMinutes(15);
  volatile Next next = Next.Renew;
  volatile String trustBundle = authority.pem();
  volatile Runnable onIssue = () -> {};
  volatile Runnable onAcknowledge = () -> {};

  private final Clock clock;
  private final HttpsServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private long epoch;

  TestBroker(Clock clock) {
    this(clock, new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
  }

  TestBroker(Clock clock, GeneralName name) {
    this.clock = clock;
    try {
      server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    server.setHttpsConfigurator(new HttpsConfigurator(authority.serverContext(name)));
    server.setExecutor(threads);
    server.createContext("/v1/credentials", e -> serve(e, "issue"));
    server.createContext("/v1/leases/acknowledge", e -> serve(e, "acknowledge"));
    server.createContext("/v1/leases/renew", e -> serve(e, "renew"));
    server.createContext("/v1/leases/check", e -> serve(e, "check"));
    server.start();
  }

  URI uri() {
    return URI.create("https://127.0.0.1:" + server.getAddress().getPort());
  }

  /** The calls since the last time. */
  List<String> takeCalls() {
    var taken = List.copyOf(calls);
    calls.clear();
    return taken;
  }

  private void serve(HttpExchange exchange, String call) throws IOException {
    try (exchange) {
      var body = exchange.getRequestBody().readAllBytes();
      tokens.add(exchange.getRequestHeaders().getFirst("Authorization"));
      var refusal = refusals.poll();
      if (refusal != null) {
        calls.add(call + " refused");
        answer(exchange, 403, Codec.encode(new Problem(403, refusal, "because")));
        return;
      }
      answer(exchange, 200, call.equals("issue") ? issue(body) : lease(call, body));
    }
  }

  private byte[] issue(byte[] body) {
    var request = Codec.issueRequest(body);
    var replaces = request.replaces();
    calls.add(
        "issue %s/%s".formatted(request.request(), request.credential())
            + (replaces == null
                ? ""
                : " replacing %s %d".formatted(replaces.lease(), replaces.epoch())));
    onIssue.run();
    return Codec.encode(new IssueAnswer(lease, ++epoch, files, trustBundle));
  }

  private byte[] lease(String call, byte[] body) {
    var held = Codec.leaseCall(body);
    calls.add(call + " " + held.lease() + " " + held.epoch());
    if (call.equals("acknowledge")) {
      onAcknowledge.run();
    }
    return Codec.encode(
        new LeaseAnswer(held.lease(), clock.instant().plus(ttl), next, trustBundle));
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
