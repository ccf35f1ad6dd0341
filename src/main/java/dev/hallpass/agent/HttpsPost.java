package dev.hallpass.agent;

import dev.hallpass.wire.Codec;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * One POST on a connection of its own, over TLS 1.3, with the server's name verified.
 *
 * <p>It speaks HTTP/1.0 (RFC 9112, A.1.1), so that the answer's body ends with the connection or
 * after Content-Length. HttpsURLConnection is not used because it silently repeats a failed POST,
 * hides the body of a 401, and keeps a thread for idle connections.
 */
final class HttpsPost {
  private static final int DEFAULT_PORT = 443;
  private static final int MAX_HEAD = 16 * 1024;

  /** What the server answered. */
  static final class Answer {
    private final int status;
    private final byte[] body;

    private Answer(int status, byte[] body) {
      this.status = status;
      this.body = body;
    }

    /** The HTTP status. */
    int status() {
      return status;
    }

    /** The whole body, at most {@link Codec#MAX_BYTES}. */
    byte[] body() {
      return body;
    }
  }

  private final SSLSocketFactory sockets;
  private final Duration connectTimeout;
  private final Duration timeout;

  /**
   * Posts through these sockets.
   *
   * @param connectTimeout for the TCP connection
   * @param timeout for all that follows
   */
  HttpsPost(SSLSocketFactory sockets, Duration connectTimeout, Duration timeout) {
    this.sockets = sockets;
    this.connectTimeout = connectTimeout;
    this.timeout = timeout;
  }

  /** Posts a JSON body with a bearer token. */
  Answer send(URI server, String path, String token, byte[] body) throws IOException {
    var port = server.getPort() < 0 ? DEFAULT_PORT : server.getPort();
    var address = new InetSocketAddress(server.getHost(), port);
    if (address.isUnresolved()) {
      throw new UnknownHostException(server.getHost() + " has no address");
    }
    try (var plain = new Socket()) {
      plain.connect(address, (int) connectTimeout.toMillis());
      plain.setTcpNoDelay(true);
      var deadline = System.nanoTime() + timeout.toNanos();
      plain.setSoTimeout((int) timeout.toMillis());
      try (var socket = (SSLSocket) sockets.createSocket(plain, server.getHost(), port, true)) {
        secure(socket);
        var out = socket.getOutputStream();
        out.write(message(server, path, token, body));
        out.flush();
        return answer(new Input(socket.getInputStream(), socket, deadline));
      }
    }
  }

  private static void secure(SSLSocket socket) {
    var parameters = socket.getSSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3"});
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
  }

  private static byte[] message(URI server, String path, String token, byte[] body) {
    var head =
        ("POST " + path + " HTTP/1.0\r\nHost: " + server.getRawAuthority())
            + ("\r\nAuthorization: Bearer " + token)
            + "\r\nContent-Type: application/json\r\nAccept: application/json"
            + ("\r\nContent-Length: " + body.length + "\r\n\r\n");
    var bytes = head.getBytes(StandardCharsets.US_ASCII);
    var message = new byte[bytes.length + body.length];
    System.arraycopy(bytes, 0, message, 0, bytes.length);
    System.arraycopy(body, 0, message, bytes.length, body.length);
    return message;
  }

  private static Answer answer(Input in) throws IOException {
    var budget = MAX_HEAD;
    var line = in.line(budget);
    var status = status(line);
    var length = -1;
    while (!line.isEmpty()) {
      budget -= line.length() + 2;
      line = in.line(budget);
      var colon = line.indexOf(':');
      var name = colon < 0 ? "" : line.substring(0, colon);
      if (name.equalsIgnoreCase("Content-Length")) {
        length = length(line.substring(colon + 1).strip());
      } else if (name.equalsIgnoreCase("Transfer-Encoding")) {
        throw new ProtocolException("Transfer-Encoding in an answer to HTTP/1.0");
      }
    }
    return new Answer(status, in.body(length));
  }

  private static int status(String line) throws ProtocolException {
    // HTTP/1.x SP 3DIGIT (RFC 9112, 4)
    if (line.length() < 12 || !line.startsWith("HTTP/1.")) {
      throw new ProtocolException("the answer is not HTTP/1");
    }
    return number(line.substring(9, 12));
  }

  private static int length(String text) throws ProtocolException {
    var length = number(text);
    if (length > Codec.MAX_BYTES) {
      throw new ProtocolException("the answer is longer than " + Codec.MAX_BYTES + " bytes");
    }
    return length;
  }

  private static int number(String text) throws ProtocolException {
    try {
      return Integer.parseUnsignedInt(text) & Integer.MAX_VALUE;
    } catch (NumberFormatException e) {
      throw new ProtocolException("the answer is not HTTP/1");
    }
  }

  /** Reads until a deadline, however slowly the bytes come. */
  private record Input(InputStream in, Socket socket, long deadline) {

    String line(int budget) throws IOException {
      var line = new StringBuilder();
      while (true) {
        var b = byteOrEnd();
        if (b < 0) {
          throw new EOFException("the broker closed the connection");
        }
        if (b == '\n') {
          return line.toString();
        }
        if (line.length() >= budget) {
          throw new ProtocolException("the answer's head is too long");
        }
        if (b != '\r') {
          line.append((char) b);
        }
      }
    }

    byte[] body(int length) throws IOException {
      var body = new ByteArrayOutputStream(Math.max(length, 1024));
      var chunk = new byte[4096];
      while (length < 0 || body.size() < length) {
        limit();
        var wanted = length < 0 ? chunk.length : Math.min(chunk.length, length - body.size());
        var read = in.read(chunk, 0, wanted);
        if (read < 0) {
          if (length >= 0) {
            throw new EOFException("the broker closed the connection in the middle of its answer");
          }
          break;
        }
        body.write(chunk, 0, read);
        if (body.size() > Codec.MAX_BYTES) {
          throw new ProtocolException("the answer is longer than " + Codec.MAX_BYTES + " bytes");
        }
      }
      return body.toByteArray();
    }

    private int byteOrEnd() throws IOException {
      limit();
      return in.read();
    }

    private void limit() throws IOException {
      var left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
      if (left <= 0) {
        throw new SocketTimeoutException("the broker takes too long to answer");
      }
      socket.setSoTimeout((int) left);
    }
  }
}
