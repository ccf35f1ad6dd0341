package dev.hallpass.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OpenResponseTest {
  private final Vertx vertx = Vertx.vertx();
  private final List<Boolean> open = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void isGoneOnceItIsWritten() throws Exception {
    var router = Router.router(vertx);
    router.route().handler(this::answer);
    var port =
        vertx
            .createHttpServer()
            .requestHandler(router)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .join()
            .actualPort();

    try (var client = HttpClient.newHttpClient()) {
      var answer =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port)).build(),
              BodyHandlers.ofString());
      assertThat(answer.body()).isEqualTo("once");
    }
    assertThat(open).containsExactly(true, false);
  }

  private void answer(RoutingContext context) {
    open.add(OpenResponse.of(context).isPresent());
    context.response().end("once");
    open.add(OpenResponse.of(context).isPresent());
  }
}
