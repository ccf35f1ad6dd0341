package dev.hallpass.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the webhook's port takes, over a real connection, and what it turns away. */
class WebhookRouteTest {
  private static final int TOO_MUCH = (3 << 20) + 1;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Vertx vertx = Vertx.vertx();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private HttpServer server;

  @BeforeEach
  void listen() {
    var router = Router.router(vertx);
    new WebhookRoute("/mutate", this::review, threads, meters).register(router);
    server =
        vertx
            .createHttpServer()
            .requestHandler(router)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .join();
  }

  private byte[] review(byte[] body) {
    switch (new String(body, StandardCharsets.UTF_8)) {
      case "", "wrong" -> throw new IllegalArgumentException("not a review");
      case "broken" -> throw new IllegalStateException("broken");
      default -> {
        // every other body is a review
      }
    }
    return body;
  }

  @AfterEach
  void close() {
    client.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
    threads.close();
  }

  @Test
  void aReviewIsAnswered() throws Exception {
    assertThat(send("review").body()).isEqualTo("review");
  }

  @Test
  void whatIsNoReviewIsABadRequest() throws Exception {
    assertThat(send("wrong").statusCode()).isEqualTo(400);
    assertThat(send("").statusCode()).isEqualTo(400);
  }

  @Test
  void aFailureIsAnError() throws Exception {
    assertThat(send("broken").statusCode()).isEqualTo(500);
  }

  /** A review is counted once its answer is on the way. */
  @Test
  void eachReviewIsCountedByItsOutcome() throws Exception {
    send("review");
    send("wrong");
    send("broken");

    for (var outcome : List.of("OK", "BadRequest", "InternalError")) {
      await(outcome).until(() -> reviews(outcome) == 1);
    }
  }

  private long reviews(String outcome) {
    var timer =
        meters.find("hallpass.admission").tags("webhook", "/mutate", "outcome", outcome).timer();
    return timer == null ? 0 : timer.count();
  }

  @Test
  void aBodyLargerThanAnyReviewIsNotRead() throws Exception {
    assertThat(send("x".repeat(TOO_MUCH)).statusCode()).isEqualTo(413);
  }

  private HttpResponse<String> send(String body) throws IOException, InterruptedException {
    return client.send(request(body), BodyHandlers.ofString());
  }

  private HttpRequest request(String body) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort() + "/mutate"))
        .POST(BodyPublishers.ofString(body))
        .build();
  }
}
