package dev.hallpass.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** Tells apps of the pod that their files have changed. It never says more than that. */
final class Notifier {
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final int MAX_STATUS_LINE = 256;

  private final Processes processes;

  Notifier(Path proc) {
    this.processes = new Processes(proc);
  }

  /**
   * Tells once.
   *
   * @throws IOException where nobody heard it; the message says why
   */
  void tell(Notification notification) throws IOException {
    switch (notification) {
      case Notification.Http(var address) -> post(address);
      case Notification.Signal(var number, var container) -> processes.signal(container, number);
    }
  }

  private static void post(URI address) throws IOException {
    try (var socket = new Socket()) {
      var patience = (int) PATIENCE.toMillis();
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), address.getPort()), patience);
      socket.setSoTimeout(patience);
      socket
          .getOutputStream()
          .write(
              "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                  .formatted(address.getRawPath(), address.getPort())
                  .getBytes(StandardCharsets.US_ASCII));
      var status = statusLine(socket);
      if (!status.matches("HTTP/1\\.[01] 2[0-9][0-9]( .*)?")) {
        throw new IOException("%s answered: %s".formatted(address, status));
      }
    }
  }

  /** One read has the whole of it from anybody who means well. */
  private static String statusLine(Socket socket) throws IOException {
    var bytes = new byte[MAX_STATUS_LINE];
    var length = socket.getInputStream().read(bytes);
    var text = new String(bytes, 0, Math.max(0, length), StandardCharsets.ISO_8859_1);
    return text.lines().findFirst().orElse("nothing");
  }
}
