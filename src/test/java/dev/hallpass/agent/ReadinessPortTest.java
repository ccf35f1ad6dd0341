package dev.hallpass.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hallpass.wire.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadinessPortTest {
  private static final String REQUEST = "GET /ready HTTP/1.1\r\nHost: pod\r\n\r\n";
  private static final Duration SHORT = Duration.ofMillis(50);

  /** Longer than any test takes, so that nobody is answered because his time is up. */
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private Path pod;
  private final TestClock clock = new TestClock();
  private final TestBroker broker = new TestBroker(clock);
  private CredentialLoop db;
  private CredentialLoop queue;
  private Duty duty;
  private ServerSocket port;

  @BeforeEach
  void open() throws IOException {
    Files.createDirectory(pod.resolve("files"));
    db = loop("db");
    queue = loop("queue");
    duty = new Duty(List.of(db, queue), clock);
    port = new ServerSocket(0);
  }

  private ReadinessPort serve(Duration hold) {
    var readiness = new ReadinessPort(port, duty, hold);
    var thread = new Thread(readiness);
    thread.setUncaughtExceptionHandler((t, closed) -> {});
    thread.setDaemon(true);
    thread.start();
    return readiness;
  }

  private CredentialLoop loop(String credential) throws IOException {
    var token = Files.writeString(pod.resolve("token"), "token");
    var name = new CredentialName("orders", credential);
    var log =
        new Log(
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8), clock);
    return new CredentialLoop(
        name,
        new BrokerClient(broker.uri(), token, new TrustBundle(broker.authority.pem())),
        List.of(new FileDrop(pod.resolve("files"), PosixFilePermissions.fromString("r--r-----"))),
        new Herald(name, List.of(), new Notifier(Path.of("/proc")), log, clock),
        log,
        clock,
        new SplittableRandom(42));
  }

  @AfterEach
  void stop() throws IOException {
    broker.close();
    port.close();
  }

  @Test
  void isReadyOnceAllCredentialsAre() throws IOException {
    serve(SHORT);
    assertThat(get("/ready"))
        .startsWith("HTTP/1.1 503 ")
        .endsWith("\r\n\r\norders/db: not there yet\norders/queue: not there yet\n");

    db.step();
    broker.files = List.of();
    broker.refusals.add(Reason.NotSelected);
    queue.step();
    assertThat(get("/ready"))
        .startsWith("HTTP/1.1 503 ")
        .endsWith("\r\n\r\norders/queue: NotSelected\n");

    queue.step();
    assertThat(get("/ready")).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nready\n");

    clock.advance(broker.ttl);
    assertThat(get("/ready")).startsWith("HTTP/1.1 503 ");
  }

  @Test
  void whoAsksBeforeIsAnsweredAtTheMomentWhenAllCanBeUsed() throws IOException {
    var readiness = serve(LONG);
    try (var kubelet = connect()) {
      kubelet.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));

      db.step();
      readiness.announce();
      kubelet.setSoTimeout(200);
      assertThatThrownBy(() -> kubelet.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);

      queue.step();
      readiness.announce();
      kubelet.setSoTimeout((int) LONG.toMillis());
      assertThat(answer(kubelet)).startsWith("HTTP/1.1 200 ");
    }
    assertThat(get("/ready")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void whoAskedBeforeTheAgentCouldAnswerWaits() throws IOException {
    try (var kubelet = connect()) {
      kubelet.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
      db.step();
      queue.step();

      serve(LONG);
      assertThat(answer(kubelet)).startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void thoseWhoWaitKeepNobodyOut() throws IOException {
    var readiness = serve(LONG);
    var strangers = IntStream.range(0, 4).mapToObj(i -> asking()).toList();

    assertThat(get("/ready")).startsWith("HTTP/1.1 503 ");

    strangers.getFirst().close();
    db.step();
    queue.step();
    readiness.announce();
    assertThat(get("/ready")).startsWith("HTTP/1.1 200 ");
    for (var stranger : strangers.subList(1, 4)) {
      assertThat(answer(stranger)).startsWith("HTTP/1.1 200 ");
      stranger.close();
    }
  }

  private Socket asking() {
    try {
      var caller = connect();
      caller.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
      return caller;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void answersNothingElse() throws IOException {
    serve(LONG);
    assertThat(get("/")).startsWith("HTTP/1.1 404 ");
    assertThat(get("/readyz")).startsWith("HTTP/1.1 404 ");
    assertThat(say("POST /ready HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 404 ");
    assertThat(get("/check")).startsWith("HTTP/1.1 404 ");
  }

  @Test
  void aCallerThatTalksTooMuchOrTooSlowlyDoesNotKeepOthersOut() throws IOException {
    serve(SHORT);
    try (var silent = connect()) {
      assertThat(get("/ready")).startsWith("HTTP/1.1 503 ");
      assertThat(silent.getInputStream().read()).isEqualTo(-1);
    }
    try (var loud = connect()) {
      loud.getOutputStream().write(new byte[4096]);
      assertThat(get("/ready")).startsWith("HTTP/1.1 503 ");
    }
  }

  private String get(String path) throws IOException {
    return say(REQUEST.replace("/ready", path));
  }

  private String say(String request) throws IOException {
    try (var caller = connect()) {
      caller.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return answer(caller);
    }
  }

  private static String answer(Socket caller) throws IOException {
    return new String(caller.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port.getLocalPort());
  }
}
