package dev.hallpass.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;

/**
 * Answers {@code GET /ready} with 200 as soon as every credential can be used: who asks before that
 * waits for it, and gets 503 with a reason for each where it takes too long. So kubelet, which asks
 * once a second, learns of it at once.
 *
 * <p>{@code POST /check} says that a lease may have ended, and has the agent ask the broker; it
 * carries nothing, and whoever can reach the port may say it.
 *
 * <p>Requests are read one after the other, each for a moment only, and few callers may wait, so
 * that whoever can reach the port cannot keep kubelet from it.
 */
final class ReadinessPort implements Runnable {
  private static final Duration PATIENCE = Duration.ofMillis(250);
  private static final int MAX_REQUEST = 4096;

  /** More than kubelet needs; who comes when there are so many is answered at once. */
  private static final int MAX_WAITING = 4;

  private final ServerSocket port;
  private final Duty duty;
  private final Duration hold;

  /** In the order in which their time is up. */
  private final ArrayDeque<Caller> waiting = new ArrayDeque<>();

  private record Caller(Socket socket, long until) {}

  /**
   * Serves this port.
   *
   * @param hold how long a caller waits at most
   */
  ReadinessPort(ServerSocket port, Duty duty, Duration hold) {
    this.port = port;
    this.duty = duty;
    this.hold = hold;
  }

  /** Serves until the port is closed. */
  @Override
  public void run() {
    while (true) {
      try {
        port.setSoTimeout(untilNext());
        take(port.accept());
      } catch (SocketTimeoutException e) {
        answerOverdue();
      } catch (IOException e) {
        throw new UncheckedIOException("readiness cannot be served any more", e);
      }
    }
  }

  /** To be called after each turn of the duty: answers those who wait, if all can be used now. */
  void announce() {
    synchronized (waiting) {
      if (!waiting.isEmpty() && duty.ready()) {
        waiting.forEach(caller -> answer(caller.socket()));
        waiting.clear();
      }
    }
  }

  /**
   * Milliseconds until somebody has waited long enough; 0, which is for ever, where nobody does.
   */
  private int untilNext() {
    synchronized (waiting) {
      return waiting.isEmpty()
          ? 0
          : (int) Math.max(1, (waiting.peek().until() - System.nanoTime()) / 1_000_000);
    }
  }

  private void answerOverdue() {
    synchronized (waiting) {
      while (!waiting.isEmpty() && waiting.peek().until() <= System.nanoTime()) {
        answer(waiting.remove().socket());
      }
    }
  }

  private void take(Socket caller) {
    answerOverdue();
    try {
      var line = firstLine(caller);
      if (line.startsWith("GET /ready ")) {
        answerOrWait(caller);
      } else if (line.startsWith("POST /check ")) {
        duty.ring();
        answer(caller, message("202 Accepted", ""));
      } else {
        answer(caller, message("404 Not Found", ""));
      }
    } catch (IOException e) {
      // The caller went away or is too slow; it is its loss, and a line for each would let anyone
      // fill the log.
      close(caller);
    }
  }

  /** Under the lock, so that readiness is either seen here or announced to whoever waits. */
  private void answerOrWait(Socket caller) {
    synchronized (waiting) {
      if (duty.ready() || waiting.size() == MAX_WAITING) {
        answer(caller);
      } else {
        waiting.add(new Caller(caller, System.nanoTime() + hold.toNanos()));
      }
    }
  }

  private void answer(Socket caller) {
    var obstacles = duty.publicObstacles();
    answer(
        caller,
        obstacles.isEmpty()
            ? message("200 OK", "ready\n")
            : message("503 Service Unavailable", obstacles));
  }

  /** Short enough for what the system takes without waiting for the caller. */
  private static void answer(Socket caller, String message) {
    try (caller) {
      caller.getOutputStream().write(message.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // As above.
      return;
    }
  }

  private static void close(Socket caller) {
    try {
      caller.close();
    } catch (IOException e) {
      // Nothing more to do for it.
      return;
    }
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
