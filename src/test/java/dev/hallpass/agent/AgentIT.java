package dev.hallpass.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hallpass.testing.ServerProcess;
import dev.hallpass.wire.Codec;
import dev.hallpass.wire.IssueAnswer;
import dev.hallpass.wire.Reason;
import dev.hallpass.wire.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent as a process of its own, as it runs in a pod. */
class AgentIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir private Path pod;
  private final TestBroker broker = new TestBroker(Clock.systemUTC());
  private final List<Process> agents = new ArrayList<>();
  private Path terminationLog;
  private int readyPort;

  @BeforeEach
  void makePod() throws IOException {
    Files.writeString(pod.resolve("token"), "token");
    Files.createDirectory(pod.resolve("files"));
    terminationLog = Files.createFile(pod.resolve("termination-log"));
    readyPort = ServerProcess.freePort();
  }

  @AfterEach
  void stop() {
    agents.forEach(Process::destroyForcibly);
    broker.close();
  }

  @Test
  void aSidecarDeliversRenewsAndEndsCleanly() throws Exception {
    broker.ttl = Duration.ofSeconds(3);
    var agent = start("sidecar", broker.uri());

    await().until(this::ready);
    assertThat(pod.resolve("files/db.env")).hasContent("PGPASSWORD=s1\n");
    await().until(() -> broker.calls.contains("renew lease-1 1"));

    assertThat(endsOnSigterm(agent)).isZero();
    assertThat(terminationLog).isEmptyFile();
  }

  @Test
  void aSidecarThatIsToldOfAnEndHasANewLeaseLongBeforeItWouldHaveRenewed() throws Exception {
    start("sidecar", broker.uri());
    await().until(this::ready);
    broker.files = List.of(new IssueAnswer.File("db.env", Secret.of("PGPASSWORD=s2\n")));
    broker.refusals.add(Reason.LeaseEnded);

    assertThat(say("POST /check HTTP/1.1\r\nContent-Length: 0\r\n\r\n"))
        .startsWith("HTTP/1.1 202 ");

    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(pod.resolve("files/db.env")).hasContent("PGPASSWORD=s2\n"));
    assertThat(broker.calls)
        .containsExactly(
            "issue orders/db",
            "acknowledge lease-1 1",
            "check refused",
            "issue orders/db",
            "acknowledge lease-1 2");
  }

  @Test
  void anInitContainerEndsOnceAllIsThere() throws Exception {
    var agent = start("init", broker.uri());

    assertThat(agent.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(agent.exitValue()).isZero();
    assertThat(pod.resolve("files/db.env")).hasContent("PGPASSWORD=s1\n");
    assertThat(broker.calls).containsExactly("issue orders/db", "acknowledge lease-1 1");
  }

  @Test
  void anInitContainerGivesUpInTimeAndSaysWhy() throws Exception {
    broker.refusals.add(Reason.NotSelected);
    var agent = start("init", broker.uri(), "--timeout=10");

    assertThat(agent.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(agent.exitValue()).isEqualTo(1);
    assertThat(terminationLog).hasContent("orders/db: NotSelected: because\n");
  }

  @Test
  void anInitContainerThatIsToldToEndNeverLooksDone() throws Exception {
    broker.refusals.add(Reason.NotSelected);
    var agent = start("init", broker.uri());
    await().until(() -> stderr().contains("NotSelected"));

    assertThat(endsOnSigterm(agent)).isEqualTo(143);
  }

  @Test
  void aSidecarEndsInTheMiddleOfAHandshake() throws Exception {
    try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var agent = start("sidecar", URI.create("https://127.0.0.1:" + silent.getLocalPort()));
      try (var client = silent.accept()) {
        assertThat(client.getInputStream().read()).as("the first byte of TLS").isEqualTo(0x16);

        assertThat(endsOnSigterm(agent)).isZero();
      }
    }
  }

  @Test
  void aSidecarEndsWhileItWaitsForAnAnswer() throws Exception {
    var called = new java.util.concurrent.CountDownLatch(1);
    var never = new java.util.concurrent.CountDownLatch(1);
    broker.onIssue =
        () -> {
          called.countDown();
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    var agent = start("sidecar", broker.uri());
    assertThat(called.await(60, TimeUnit.SECONDS)).isTrue();

    assertThat(endsOnSigterm(agent)).isZero();
    assertThat(terminationLog).hasContent("orders/db: not there yet\n");
  }

  @Test
  void aSidecarEndsWhileItBacksOffAndSaysWhatWasWrong() throws Exception {
    broker.refusals.add(Reason.NotSelected);
    var agent = start("sidecar", broker.uri());
    await().until(() -> stderr().contains("NotSelected"));
    assertThat(get()).startsWith("HTTP/1.1 503 ").endsWith("orders/db: NotSelected\n");

    assertThat(endsOnSigterm(agent)).isZero();
    assertThat(terminationLog).hasContent("orders/db: NotSelected: because\n");
  }

  @Test
  void aRefusedBrokerGetsNoToken() throws Exception {
    var agent = startTrusting(new TestAuthority().pem(), "init", broker.uri(), "--timeout=10");

    assertThat(agent.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(agent.exitValue()).isEqualTo(1);
    assertThat(broker.tokens).isEmpty();
    assertThat(terminationLog).content().contains("orders/db: BrokerUnreachable").contains("PKIX");
  }

  @Test
  void aMistakeInTheCommandLineIsSaid() throws Exception {
    var agent = start("sidecar", broker.uri(), "--dri=/x");

    assertThat(agent.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(agent.exitValue()).isEqualTo(2);
    assertThat(stderr()).contains("--dri: unknown option");
  }

  private Process start(String mode, URI uri, String... more) throws IOException {
    return startTrusting(broker.authority.pem(), mode, uri, more);
  }

  private Process startTrusting(String authorities, String mode, URI uri, String... more)
      throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPathOf(Agent.class) + ":" + classPathOf(Codec.class),
                "dev.hallpass.agent.Agent",
                mode,
                "--broker=" + uri,
                "--credential=orders/db",
                "--ready-port=" + readyPort,
                "--token-file=" + pod.resolve("token"),
                "--dir=" + pod.resolve("files"),
                "--termination-log=" + terminationLog));
    command.addAll(List.of(more));
    var builder = new ProcessBuilder(command).redirectError(pod.resolve("stderr").toFile());
    builder.environment().put("HALLPASS_CA", authorities);
    var agent = builder.start();
    agents.add(agent);
    return agent;
  }

  private static String classPathOf(Class<?> type) {
    return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString()))
        .toString();
  }

  /** Sends SIGTERM. */
  private static int endsOnSigterm(Process agent) throws InterruptedException {
    agent.destroy();
    assertThat(agent.waitFor(SOON.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
    return agent.exitValue();
  }

  private String stderr() throws IOException {
    return Files.readString(pod.resolve("stderr"));
  }

  private boolean ready() {
    try {
      return get().startsWith("HTTP/1.1 200 ");
    } catch (IOException e) {
      return false;
    }
  }

  private String get() throws IOException {
    return say("GET /ready HTTP/1.1\r\n\r\n");
  }

  private String say(String request) throws IOException {
    try (var caller = new Socket(InetAddress.getLoopbackAddress(), readyPort)) {
      caller.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(caller.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
