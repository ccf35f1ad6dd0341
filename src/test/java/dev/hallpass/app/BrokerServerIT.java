package dev.hallpass.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.hallpass.pki.Lifetimes;
import dev.hallpass.pki.Pem;
import dev.hallpass.pki.Rotation;
import dev.hallpass.pki.ServingNames;
import dev.hallpass.pki.ServingState;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server follows its certificate's Secret, and goes without cutting anybody off. */
@ExtendWith(KubeApi.class)
class BrokerServerIT {
  /** From one address; two of them fill the server. */
  private static final int AT_ONCE = 4;

  private static final Duration SOON = Duration.ofSeconds(60);

  private final Vertx vertx = Vertx.vertx();
  private final Rotation rotation =
      new Rotation(new ServingNames(List.of("localhost")), Lifetimes.DEFAULT, new SecureRandom());
  private final ServingState first = rotation.next(ServingState.EMPTY, Instant.now());
  private final AtomicReference<HttpServerRequest> held = new AtomicReference<>();
  private final CountDownLatch arrived = new CountDownLatch(1);

  private KubeApi kube;
  private BrokerServer server;
  private ServingCertificate certificate;

  @BeforeEach
  void open(KubeApi api) {
    kube = api;
    server = new BrokerServer(vertx, 0, new Places(2 * AT_ONCE, AT_ONCE), this::answer);
    certificate =
        new ServingCertificate(
            api.client(), api.namespace(), CertificateSource.HALLPASS, "", server::serve);
    certificate.start();
  }

  private void answer(HttpServerRequest request) {
    if (request.path().equals("/read")) {
      request.endHandler(end -> request.response().end("read"));
    } else if (request.path().equals("/held")) {
      held.set(request);
      arrived.countDown();
    } else {
      request.response().end("fine");
    }
  }

  @AfterEach
  void close() {
    certificate.close();
    server.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void listensOnceTheCertificateExists() {
    assertThat(server.listens()).isFalse();
    assertThat(certificate.trustBundle()).isEmpty();

    keep(first);

    Awaitility.await().atMost(SOON).until(server::listens);
    assertThat(certificate.trustBundle()).isEqualTo(Pem.encode(first.bundle()));
  }

  @Test
  void aNewCertificateIsServedWithoutAFailedCall() throws Exception {
    keep(first);
    Awaitility.await().atMost(SOON).until(server::listens);
    var next = renewed();
    assertThat(served()).isEqualTo(first.leaf().certificate());

    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        var open = client(HttpClient.Version.HTTP_1_1)) {
      assertThat(open.send(get("/"), BodyHandlers.ofString()).body()).isEqualTo("fine");
      var done = new CompletableFuture<Void>();
      var calls =
          threads.submit(
              () -> {
                var count = 0;
                while (!done.isDone()) {
                  served();
                  count++;
                }
                return count;
              });
      try {
        keep(next);
        Awaitility.await().atMost(SOON).until(() -> served().equals(next.leaf().certificate()));
      } finally {
        done.complete(null);
      }
      assertThat(calls.get()).isPositive();
      assertThat(open.send(get("/"), BodyHandlers.ofString()).body()).isEqualTo("fine");
    }
  }

  @Test
  void aCertificateThatCannotBeServedIsNot() throws Exception {
    keep(first);
    Awaitility.await().atMost(SOON).until(server::listens);
    var damaged =
        new SecretBuilder(secret(first)).addToStringData("tls.crt", "no certificate").build();

    kube.client().resource(damaged).forceConflicts().serverSideApply();
    keep(renewed());

    Awaitility.await().atMost(SOON).until(() -> !served().equals(first.leaf().certificate()));
    assertThat(certificate.trustBundle()).isEqualTo(Pem.encode(first.bundle()));
  }

  private ServingState renewed() {
    return rotation.next(new ServingState(first.authority(), null, List.of(), null), Instant.now());
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void aCallThatWasTakenIsAnsweredBeforeTheServerCloses(HttpClient.Version version)
      throws Exception {
    keep(first);
    Awaitility.await().atMost(SOON).until(server::listens);

    try (var client = client(version)) {
      var call = client.sendAsync(get("/held"), BodyHandlers.ofString());
      arrived.await();
      var closing = CompletableFuture.runAsync(server::close);
      Awaitility.await().atMost(SOON).until(() -> !server.listens());
      assertThat(closing).isNotDone();

      held.get().response().end("late");

      assertThat(call.get().body()).isEqualTo("late");
      closing.get();
    }
  }

  @Test
  void whoSendsItsBodyTooSlowlyIsCutOffAndTakesNobodysPlace() throws Exception {
    keep(first);
    Awaitility.await().atMost(SOON).until(server::listens);

    for (var round = 0; round < 2; round++) {
      var slow = new ArrayList<Socket>();
      for (var i = 0; i < AT_ONCE; i++) {
        slow.add(begun("/read"));
      }
      for (var socket : slow) {
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
        socket.close();
      }
    }

    assertThat(answer("/")).isEqualTo("fine");
  }

  @Test
  void whoGoesAwayInTheMiddleTakesNobodysPlace() throws Exception {
    keep(first);
    Awaitility.await().atMost(SOON).until(server::listens);

    for (var i = 0; i < 4 * AT_ONCE; i++) {
      begun("/read").close();
    }

    Awaitility.await().atMost(SOON).untilAsserted(() -> assertThat(answer("/")).isEqualTo("fine"));
  }

  @Test
  void oneMoreThanFitIsToldToComeBack() throws Exception {
    keep(first);
    Awaitility.await().atMost(SOON).until(server::listens);
    try (var client = client(HttpClient.Version.HTTP_2)) {
      for (var i = 0; i < AT_ONCE; i++) {
        var _ = client.sendAsync(get("/held"), BodyHandlers.ofString());
      }

      Awaitility.await()
          .atMost(SOON)
          .untilAsserted(
              () -> {
                var refused = client.send(get("/"), BodyHandlers.ofString());
                assertThat(refused.statusCode()).isEqualTo(503);
                assertThat(refused.headers().firstValue("Retry-After")).contains("1");
              });
      client.shutdownNow();
    }

    Awaitility.await().atMost(SOON).untilAsserted(() -> assertThat(answer("/")).isEqualTo("fine"));
  }

  @Test
  void oneAddressLeavesPlacesToOthers() throws Exception {
    keep(first);
    Awaitility.await().atMost(SOON).until(server::listens);
    try (var greedy = client(HttpClient.Version.HTTP_2);
        var other = from("127.0.0.2")) {
      for (var i = 0; i < 2 * AT_ONCE; i++) {
        var _ = greedy.sendAsync(get("/held"), BodyHandlers.ofString());
      }
      Awaitility.await()
          .atMost(SOON)
          .until(() -> greedy.send(get("/"), BodyHandlers.ofString()).statusCode() == 503);

      assertThat(other.send(get("/"), BodyHandlers.ofString()).body()).isEqualTo("fine");

      for (var i = 0; i < AT_ONCE; i++) {
        var _ = other.sendAsync(get("/held"), BodyHandlers.ofString());
      }
      try (var third = from("127.0.0.3")) {
        Awaitility.await()
            .atMost(SOON)
            .until(() -> third.send(get("/"), BodyHandlers.ofString()).statusCode() == 503);
      }
      greedy.shutdownNow();
      other.shutdownNow();
    }
  }

  private HttpClient from(String address) {
    return HttpClient.newBuilder()
        .localAddress(InetAddress.ofLiteral(address))
        .sslContext(trusting(first.bundle()))
        .build();
  }

  @Test
  void oneConnectionHasOnlySoManyCalls() throws Exception {
    keep(first);
    Awaitility.await().atMost(SOON).until(server::listens);
    var client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setUseAlpn(true)
                .setSsl(true)
                .setTrustOptions(
                    new PemTrustOptions().addCertValue(Buffer.buffer(Pem.encode(first.bundle())))));
    try {
      var streams =
          client
              .request(HttpMethod.POST, server.actualPort(), "localhost", "/")
              .map(request -> request.connection().remoteSettings().getMaxConcurrentStreams());

      assertThat(streams.toCompletionStage().toCompletableFuture().get())
          .isEqualTo(BrokerServer.STREAMS);
    } finally {
      client.close();
    }
  }

  /** They count from the first byte of TCP: who begins no handshake costs memory, too. */
  @Test
  void oneAddressHasOnlySoManyConnections() throws Exception {
    keep(first);
    Awaitility.await().atMost(SOON).until(server::listens);
    var open = new ArrayList<Socket>();
    try {
      for (var i = 0; i < Connections.OF_ONE_ADDRESS; i++) {
        open.add(silent());
      }

      for (var i = 0; i < Connections.OF_ONE_ADDRESS; i++) {
        try (var another = silent()) {
          assertThat(another.getInputStream().read()).isEqualTo(-1);
        }
      }
      assertThat(open).allSatisfy(BrokerServerIT::assertOpen);
    } finally {
      for (var socket : open) {
        socket.close();
      }
    }

    Awaitility.await().atMost(SOON).untilAsserted(() -> assertThat(answer("/")).isEqualTo("fine"));
  }

  private static void assertOpen(Socket socket) throws IOException {
    socket.setSoTimeout(1);
    assertThatThrownBy(() -> socket.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
  }

  /** A connection on which nothing is ever said. */
  private Socket silent() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), server.actualPort());
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void aConnectionThatWasUsedAndClosedTakesNobodysPlace(HttpClient.Version version)
      throws Exception {
    keep(first);
    Awaitility.await().atMost(SOON).until(server::listens);

    for (var i = 0; i < 2 * Connections.OF_ONE_ADDRESS; i++) {
      try (var client = client(version)) {
        var answer = client.send(get("/"), BodyHandlers.ofString());
        assertThat(answer.version()).isEqualTo(version);
        assertThat(answer.body()).isEqualTo("fine");
      }
    }
  }

  private Socket connected() throws IOException {
    var socket =
        (SSLSocket)
            trusting(first.bundle())
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.actualPort());
    socket.startHandshake();
    return socket;
  }

  /** A call whose body never comes. */
  private Socket begun(String path) throws IOException {
    var socket = connected();
    var head =
        "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nx".formatted(path);
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
    return socket;
  }

  private String answer(String path) throws IOException, InterruptedException {
    try (var client = client(HttpClient.Version.HTTP_1_1)) {
      return client.send(get(path), BodyHandlers.ofString()).body();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void answersCallsOfBothFamiliesWhereTheHostHasThem(String loopback) throws Exception {
    var address = InetAddress.ofLiteral(loopback);
    assumeThat(NetworkInterface.getByInetAddress(address)).isNotNull();
    keep(first);
    Awaitility.await().atMost(SOON).until(server::listens);

    try (var socket =
        trusting(first.bundle()).getSocketFactory().createSocket(address, server.actualPort())) {
      var head = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();

      assertThat(socket.getInputStream().readNBytes(15))
          .asString(StandardCharsets.US_ASCII)
          .isEqualTo("HTTP/1.1 200 OK");
    }
  }

  /** The certificate that a new connection is shown. */
  private X509Certificate served() {
    try (var client = client(HttpClient.Version.HTTP_1_1)) {
      HttpResponse<String> answer = client.send(get("/"), BodyHandlers.ofString());
      assertThat(answer.body()).isEqualTo("fine");
      var session = answer.sslSession().orElseThrow();
      assertThat(session.getProtocol()).isEqualTo("TLSv1.3");
      return (X509Certificate) session.getPeerCertificates()[0];
    } catch (IOException e) {
      throw new IllegalStateException("a call failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private HttpRequest get(String path) {
    return HttpRequest.newBuilder(URI.create("https://localhost:" + server.actualPort() + path))
        .POST(BodyPublishers.noBody())
        .build();
  }

  private HttpClient client(HttpClient.Version version) {
    return HttpClient.newBuilder().version(version).sslContext(trusting(first.bundle())).build();
  }

  private static SSLContext trusting(List<X509Certificate> bundle) {
    try {
      var trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      for (var one : bundle) {
        trusted.setCertificateEntry(one.getSerialNumber().toString(), one);
      }
      var factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(trusted);
      var context = SSLContext.getInstance("TLS");
      context.init(null, factory.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("no trust", e);
    }
  }

  private void keep(ServingState state) {
    kube.client().resource(secret(state)).forceConflicts().serverSideApply();
  }

  private Secret secret(ServingState state) {
    return new SecretBuilder()
        .withNewMetadata()
        .withName(CertificateSource.HALLPASS.secret())
        .withNamespace(kube.namespace())
        .endMetadata()
        .addToStringData("tls.crt", Pem.encode(List.of(state.leaf().certificate())))
        .addToStringData("tls.key", Pem.encode(state.leaf().key()).reveal())
        .addToStringData("ca-bundle.crt", Pem.encode(state.bundle()))
        .build();
  }
}
