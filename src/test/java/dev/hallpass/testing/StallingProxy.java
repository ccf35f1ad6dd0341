package dev.hallpass.testing;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stands between a client and a server on loopback, and can hold back what the server says: the
 * connections stay, and nobody is told.
 */
public final class StallingProxy implements AutoCloseable {
  private final ServerSocket listening;
  private final int behind;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final Set<Socket> silent = new HashSet<>();
  private boolean stalled;

  private StallingProxy(ServerSocket listening, int behind) {
    this.listening = listening;
    this.behind = behind;
  }

  /** Before the server on that port. */
  public static StallingProxy before(int behind) {
    try {
      var proxy =
          new StallingProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), behind);
      Thread.startVirtualThread(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How a client of the API server behind it goes through it instead. */
  public ConfigBuilder configuration(KubernetesClient straight) {
    return new ConfigBuilder(straight.getConfiguration())
        .withMasterUrl("https://127.0.0.1:" + listening.getLocalPort());
  }

  /** From now on the server is not heard. */
  public synchronized void stall() {
    stalled = true;
  }

  /** From now on the server is heard on new connections alone. */
  public synchronized void stallOpen() {
    silent.addAll(open);
  }

  /** It is heard again, with all that it said meanwhile. */
  public synchronized void goOn() {
    stalled = false;
    silent.clear();
    notifyAll();
  }

  private synchronized void awaitTurn(Socket client) throws InterruptedException {
    while (stalled || silent.contains(client)) {
      wait();
    }
  }

  private void accept() {
    try {
      while (true) {
        var client = listening.accept();
        var server = new Socket(InetAddress.getLoopbackAddress(), behind);
        open.addAll(List.of(client, server));
        Thread.startVirtualThread(() -> ask(client, server));
        Thread.startVirtualThread(() -> answer(server, client));
      }
    } catch (SocketException e) {
      // Closed.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void ask(Socket client, Socket server) {
    try (client;
        server) {
      client.getInputStream().transferTo(server.getOutputStream());
    } catch (IOException e) {
      // Either side sees that the other went.
    }
  }

  private void answer(Socket server, Socket client) {
    try (client;
        server) {
      var bytes = new byte[8192];
      for (var read = server.getInputStream().read(bytes);
          read >= 0;
          read = server.getInputStream().read(bytes)) {
        awaitTurn(client);
        client.getOutputStream().write(bytes, 0, read);
      }
    } catch (IOException e) {
      // Either side sees that the other went.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    goOn();
    try {
      listening.close();
      for (var socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
