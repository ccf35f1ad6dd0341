package dev.hallpass.notification;

import java.net.URI;
import java.util.Set;

/**
 * Where notices go.
 *
 * @param url an HTTPS address; plain HTTP only on loopback
 * @param secret a Secret of Hallpass's namespace: {@link #KEYS}, and where the receiver's
 *     certificate is not publicly trusted, {@link #CA}
 */
public record Receiver(URI url, String secret) {
  /** What notices are signed with: {@code whsec_…}, several with space between them. */
  public static final String KEYS = "signing-key";

  /** PEM certificates that the receiver is verified with instead of the public ones. */
  public static final String CA = "ca.crt";

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  /** Refuses an address that would show notices to whoever listens on the way. */
  public Receiver {
    var host = url.getHost();
    if (host == null
        || !("https".equals(url.getScheme())
            || ("http".equals(url.getScheme()) && LOOPBACK.contains(host)))) {
      throw new IllegalArgumentException(
          "notifications.url: %s must be an https address; http is for loopback alone"
              .formatted(withoutQuery(url)));
    }
    if (url.getUserInfo() != null) {
      throw new IllegalArgumentException(
          "notifications.url: must hold no user; notices are signed instead");
    }
  }

  /** Its address for logs: a query may hold a token. */
  @Override
  public String toString() {
    return withoutQuery(url);
  }

  private static String withoutQuery(URI url) {
    return "%s://%s".formatted(url.getScheme(), url.getHost());
  }
}
