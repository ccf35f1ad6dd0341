package dev.hallpass.agent;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An app that can be told of its new files. */
final class TestApp implements AutoCloseable {
  /** Method, path and body of each call. */
  final List<String> calls = new CopyOnWriteArrayList<>();

  volatile int status = 204;
  private final HttpServer server;

  TestApp() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            calls.add(
                "%s %s %s".formatted(exchange.getRequestMethod(), exchange.getRequestURI(), body));
            exchange.sendResponseHeaders(status, -1);
          }
        });
    server.start();
  }

  Notification notification() {
    return new Notification.Http(
        URI.create("http://127.0.0.1:%d/reload".formatted(server.getAddress().getPort())));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
