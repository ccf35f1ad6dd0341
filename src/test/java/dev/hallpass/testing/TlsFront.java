package dev.hallpass.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLServerSocket;

/** Speaks TLS on loopback for a server that does not. */
public final class TlsFront implements AutoCloseable {
  private final SSLServerSocket listening;
  private final int behind;

  private TlsFront(SSLServerSocket listening, int behind) {
    this.listening = listening;
    this.behind = behind;
  }

  /** Before the server on that port, with this certificate. */
  public static TlsFront of(TestAuthority.Certificate certificate, int behind) {
    try {
      var listening =
          (SSLServerSocket)
              NoticeReceiver.context(certificate)
                  .getServerSocketFactory()
                  .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
      var front = new TlsFront(listening, behind);
      Thread.startVirtualThread(front::accept);
      return front;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("no front", e);
    }
  }

  /** Where it listens. */
  public URI url() {
    return URI.create("https://127.0.0.1:" + listening.getLocalPort());
  }

  private void accept() {
    try {
      while (true) {
        var caller = listening.accept();
        var server = new Socket(InetAddress.getLoopbackAddress(), behind);
        Thread.startVirtualThread(() -> pass(caller, server));
        Thread.startVirtualThread(() -> pass(server, caller));
      }
    } catch (SocketException e) {
      // Closed.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void pass(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // Whoever called sees that it was cut off.
    }
  }

  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
