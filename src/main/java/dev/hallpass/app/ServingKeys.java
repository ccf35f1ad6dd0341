package dev.hallpass.app;

import dev.hallpass.pki.Identity;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The certificate that each new connection is served with. It can change between any two of them:
 * Vert.x's own {@code updateSSLOptions} drops connections that arrive while it works, and all of
 * them once it failed.
 */
final class ServingKeys extends X509ExtendedKeyManager {
  /** A handshake under way asks by alias for what it has chosen, so the last one stays known. */
  private record Known(Identity current, @Nullable Identity last) {}

  private volatile @Nullable Known known;

  /** Serves new connections with this one. */
  synchronized void use(Identity identity) {
    var before = known;
    known = new Known(identity, before == null ? null : before.current());
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    var now = known;
    return now != null && now.current().key().getAlgorithm().equals(keyType)
        ? alias(now.current())
        : null;
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    var identity = identity(alias);
    return identity == null
        ? null
        : Stream.concat(Stream.of(identity.certificate()), identity.intermediates().stream())
            .toArray(X509Certificate[]::new);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    var identity = identity(alias);
    return identity == null ? null : identity.key();
  }

  private @Nullable Identity identity(String alias) {
    var now = known;
    return now == null
        ? null
        : Stream.of(now.current(), now.last() == null ? now.current() : now.last())
            .filter(i -> alias(i).equals(alias))
            .findFirst()
            .orElse(null);
  }

  private static String alias(Identity identity) {
    return identity.certificate().getSerialNumber().toString(16);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, Socket socket) {
    return null;
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyType, Principal @Nullable [] issuers, Socket socket) {
    return null;
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }
}
