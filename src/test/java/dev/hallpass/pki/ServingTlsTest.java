package dev.hallpass.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;

/** A TLS 1.3 client of the JDK, host name checked, accepts what the broker serves. */
class ServingTlsTest {
  private static final String NAME = "hallpass-broker.hallpass-system.svc";
  private final ServingState state =
      new Rotation(new ServingNames(List.of(NAME)), Lifetimes.DEFAULT, new SecureRandom())
          .next(ServingState.EMPTY, Instant.now());

  @Test
  void theServiceNameIsAccepted() throws Exception {
    assertThat(handshake(NAME)).isEqualTo("TLSv1.3");
  }

  @Test
  void anotherNameIsNot() {
    assertThatThrownBy(() -> handshake("hallpass-broker.bank.svc"))
        .isInstanceOf(SSLHandshakeException.class)
        .hasMessageContaining("No subject alternative DNS name matching");
  }

  private String handshake(String host) throws Exception {
    var any = InetAddress.getLoopbackAddress();
    try (var server =
            (SSLServerSocket)
                server(state.leaf()).getServerSocketFactory().createServerSocket(0, 1, any);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var accepted =
          threads.submit(
              () -> {
                try (var socket = (SSLSocket) server.accept()) {
                  socket.startHandshake();
                  return socket.getInputStream().read();
                }
              });
      try (var socket =
          (SSLSocket)
              client(state.bundle())
                  .getSocketFactory()
                  .createSocket(new java.net.Socket(any, server.getLocalPort()), host, 0, true)) {
        var parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        socket.getOutputStream().write(1);
        assertThat(accepted.get()).isEqualTo(1);
        return socket.getSession().getProtocol();
      }
    }
  }

  private static SSLContext server(Identity leaf) throws GeneralSecurityException, IOException {
    var keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry("leaf", leaf.key(), new char[0], new Certificate[] {leaf.certificate()});
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, new char[0]);
    var context = SSLContext.getInstance("TLSv1.3");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }

  private static SSLContext client(List<X509Certificate> bundle)
      throws GeneralSecurityException, IOException {
    var trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    for (var certificate : bundle) {
      trusted.setCertificateEntry(certificate.getSerialNumber().toString(), certificate);
    }
    var factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(trusted);
    var context = SSLContext.getInstance("TLSv1.3");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }
}
