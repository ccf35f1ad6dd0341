package dev.hallpass.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLServerSocket;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpsPostTest {
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofSeconds(60);

  private final TestAuthority authority = new TestAuthority();
  private final CompletableFuture<String> request = new CompletableFuture<>();

  @Test
  void sendsAndReceives() throws IOException {
    try (var server = server("TLSv1.3", "127.0.0.1")) {
      answer(
          server, String.join("\r\n", "HTTP/1.1 201 Created", "Content-Length: 2", "", "okmore"));

      var answer = post(server, LONG);

      assertThat(answer.status()).isEqualTo(201);
      assertThat(answer.body()).asString().isEqualTo("ok");
      assertThat(request.join())
          .isEqualTo(
              String.join(
                  "\r\n",
                  "POST /v1/x HTTP/1.0",
                  "Host: 127.0.0.1:" + server.getLocalPort(),
                  "Authorization: Bearer token",
                  "Content-Type: application/json",
                  "Accept: application/json",
                  "Content-Length: 2",
                  "",
                  "{}"));
    }
  }

  @Test
  void withoutALengthTheAnswerEndsWithTheConnection() throws IOException {
    try (var server = server("TLSv1.3", "127.0.0.1")) {
      answer(server, "HTTP/1.0 200 OK\r\n\r\nall of it");

      assertThat(post(server, LONG).body()).asString().isEqualTo("all of it");
    }
  }

  @Test
  void aCertificateOfAnotherAuthorityIsRefused() throws IOException {
    try (var server = server("TLSv1.3", "127.0.0.1")) {
      answer(server, "HTTP/1.0 200 OK\r\n\r\n");
      var post = new HttpsPost(new TrustBundle(new TestAuthority().pem()).sockets(), LONG, LONG);

      assertThatExceptionOfType(SSLHandshakeException.class)
          .isThrownBy(() -> post.send(uri(server), "/v1/x", "token", new byte[0]))
          .withMessageContaining("PKIX");
    }
  }

  @Test
  void aCertificateForAnotherNameIsRefused() throws IOException {
    try (var server = server("TLSv1.3", "127.0.0.2")) {
      answer(server, "HTTP/1.0 200 OK\r\n\r\n");

      assertThatExceptionOfType(SSLHandshakeException.class)
          .isThrownBy(() -> post(server, LONG))
          .withMessageContaining("127.0.0.1");
    }
  }

  @Test
  void olderTlsIsRefused() throws IOException {
    try (var server = server("TLSv1.2", "127.0.0.1")) {
      answer(server, "HTTP/1.0 200 OK\r\n\r\n");

      assertThatExceptionOfType(SSLException.class).isThrownBy(() -> post(server, LONG));
    }
  }

  @Test
  void aServerThatNeverSpeaksIsGivenUp() throws IOException {
    try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> post(silent, SHORT));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.0 OK 200\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 1048577\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 9999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nshor",
        "HTTP/1.0 200 OK\r\nContent-Len",
        ""
      })
  void aBrokenAnswerIsRefused(String answer) throws IOException {
    try (var server = server("TLSv1.3", "127.0.0.1")) {
      answer(server, answer);

      assertThatIOException().isThrownBy(() -> post(server, LONG));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.0 200 OK\r\n\r\n", "HTTP/1.0 200 OK\r\nX: "})
  void anEndlessAnswerIsRefused(String beginning) throws IOException {
    try (var server = server("TLSv1.3", "127.0.0.1")) {
      answer(server, beginning + "x".repeat(1_100_000));

      assertThatExceptionOfType(ProtocolException.class)
          .isThrownBy(() -> post(server, LONG))
          .withMessageContaining("long");
    }
  }

  private HttpsPost.Answer post(ServerSocket server, Duration timeout) throws IOException {
    return new HttpsPost(new TrustBundle(authority.pem()).sockets(), LONG, timeout)
        .send(uri(server), "/v1/x", "token", "{}".getBytes(StandardCharsets.UTF_8));
  }

  private static URI uri(ServerSocket server) {
    return URI.create("https://127.0.0.1:" + server.getLocalPort());
  }

  private SSLServerSocket server(String protocol, String name) throws IOException {
    var server =
        (SSLServerSocket)
            authority
                .serverContext(new GeneralName(GeneralName.iPAddress, name))
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
    server.setEnabledProtocols(new String[] {protocol});
    return server;
  }

  /** Takes one connection, reads a request with a body of two bytes, says this, and closes. */
  private void answer(SSLServerSocket server, String answer) {
    Thread.ofPlatform()
        .start(
            () -> {
              try (var client = server.accept()) {
                var read = new StringBuilder();
                while (!read.toString().endsWith("{}")) {
                  read.append((char) client.getInputStream().read());
                }
                client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                request.complete(read.toString());
              } catch (IOException e) {
                // The client refused this server, as it should in some of the tests.
                request.completeExceptionally(e);
              }
            });
  }
}
