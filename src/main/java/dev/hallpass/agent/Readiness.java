package dev.hallpass.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Answers {@code GET /ready} with 200 once every credential can be used, and before that with 503
 * and a reason for each. {@code POST /check} says that a lease may have ended, and has the agent
 * ask the broker; it carries nothing, and whoever can reach the port may say it. It serves one
 * caller after the other, and each for a moment only, so that whoever can reach the port cannot
 * keep kubelet from it.
 */
final class Readiness implements Runnable {
  private static final Duration PATIENCE = Duration.ofMillis(250);
  private static final int MAX_REQUEST = 4096;

  private final ServerSocket port;
  private final Duty duty;

  /** Opens the port on all addresses of the pod. */
  Readiness(int port, Duty duty) throws IOException {
    this.port = new ServerSocket(port);
    this.duty = duty;
  }

  /** The port that is served. */
  int port() {
    return port.getLocalPort();
  }

  /** Serves until the port is closed. */
  @Override
  public void run() {
    while (true) {
      Socket caller;
      try {
        caller = port.accept();
      } catch (IOException e) {
        throw new UncheckedIOException("readiness cannot be served any more", e);
      }
      serve(caller);
    }
  }

  private void serve(Socket caller) {
    try (caller) {
      var answer = answer(firstLine(caller));
      caller.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // The caller went away or is too slow; it is its loss, and a line for each would let anyone
      // fill the log.
      return;
    }
  }

  private String answer(String line) {
    if (line.startsWith("POST /check ")) {
      duty.ring();
      return message("202 Accepted", "");
    }
    if (!line.startsWith("GET /ready ")) {
      return message("404 Not Found", "");
    }
    var obstacles = duty.publicObstacles();
    return obstacles.isEmpty()
        ? message("200 OK", "ready\n")
        : message("503 Service Unavailable", obstacles);
  }

  private static String message(String status, String body) {
    return "HTTP/1.1 "
        + status
        + "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: "
        + body.getBytes(StandardCharsets.UTF_8).length
        + "\r\n\r\n"
        + body;
  }

  /** Reads the whole head: a connection closed with bytes unread would lose the answer. */
  private static String firstLine(Socket caller) throws IOException {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    var bytes = new byte[MAX_REQUEST];
    var length = 0;
    while (length < bytes.length) {
      var left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
      if (left <= 0) {
        throw new IOException("the caller is too slow");
      }
      caller.setSoTimeout((int) left);
      var read = caller.getInputStream().read(bytes, length, bytes.length - length);
      if (read < 0) {
        throw new IOException("the caller went away");
      }
      length += read;
      var head = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
      if (head.contains("\r\n\r\n")) {
        return head.substring(0, head.indexOf("\r\n"));
      }
    }
    throw new IOException("the request is too long");
  }
}
