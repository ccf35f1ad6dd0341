package dev.hallpass.e2e;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;

/**
 * A collector of CloudEvents, a process of its own in a pod: it prints each batch that it takes on
 * a line, and says only then that it has it. {@link AuditCollector} brings it there; it is one
 * class file, and needs what Hallpass's image has.
 */
final class CollectorMain {
  static final int PORT = 8443;

  private CollectorMain() {}

  public static void main(String[] arguments) {
    var identity = new PemKeyCertOptions().setCertPath("/tls/tls.crt").setKeyPath("/tls/tls.key");
    Vertx.vertx()
        .createHttpServer(new HttpServerOptions().setSsl(true).setKeyCertOptions(identity))
        .requestHandler(CollectorMain::take)
        .listen(PORT)
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  private static void take(HttpServerRequest request) {
    request.bodyHandler(
        batch -> {
          System.out.println(batch);
          System.out.flush();
          request.response().setStatusCode(204).end();
        });
  }
}
