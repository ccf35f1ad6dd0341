package dev.hallpass.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.wire.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadinessTest {
  @TempDir private Path pod;
  private final TestClock clock = new TestClock();
  private final TestBroker broker = new TestBroker(clock);
  private CredentialLoop db;
  private CredentialLoop queue;
  private Readiness readiness;

  @BeforeEach
  void serve() throws IOException {
    db = loop("db");
    queue = loop("queue");
    readiness = new Readiness(0, new Duty(List.of(db, queue), clock));
    var thread = new Thread(readiness);
    thread.setDaemon(true);
    thread.start();
  }

  private CredentialLoop loop(String credential) throws IOException {
    var token = Files.writeString(pod.resolve("token"), "token");
    var name = new CredentialName("orders", credential);
    var log =
        new Log(
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8), clock);
    return new CredentialLoop(
        name,
        new BrokerClient(broker.uri(), token, new Trust(broker.authority.pem())),
        List.of(new FileDrop(pod.resolve("files"), PosixFilePermissions.fromString("r--r-----"))),
        new Herald(name, List.of(), new Notifier(Path.of("/proc")), log, clock),
        log,
        clock,
        new SplittableRandom(42));
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void isReadyOnceAllCredentialsAre() throws IOException {
    Files.createDirectory(pod.resolve("files"));
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
  void answersNothingElse() throws IOException {
    assertThat(get("/")).startsWith("HTTP/1.1 404 ");
    assertThat(get("/readyz")).startsWith("HTTP/1.1 404 ");
    assertThat(say("POST /ready HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 404 ");
    assertThat(get("/check")).startsWith("HTTP/1.1 404 ");
  }

  @Test
  void aCallerThatTalksTooMuchOrTooSlowlyDoesNotKeepOthersOut() throws IOException {
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
    return say("GET " + path + " HTTP/1.1\r\nHost: pod\r\n\r\n");
  }

  private String say(String request) throws IOException {
    try (var caller = connect()) {
      caller.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(caller.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), readiness.port());
  }
}
