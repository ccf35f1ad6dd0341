package dev.hallpass.wire;

import java.net.URI;
import java.util.Set;

/**
 * An address to which Hallpass may post what is not for whoever listens on the way: HTTPS, or plain
 * HTTP on loopback alone; never with a user in it, whom logs would show.
 */
public final class ConfidentialUrl {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private ConfidentialUrl() {}

  /**
   * The same address.
   *
   * @param setting whose value it is, for the error
   * @throws IllegalArgumentException where it is none; quotes neither user nor path nor query,
   *     which may hold a token
   */
  public static URI require(String setting, URI url) {
    var host = url.getHost();
    if (host == null
        || !("https".equals(url.getScheme())
            || ("http".equals(url.getScheme()) && LOOPBACK.contains(host)))) {
      throw new IllegalArgumentException(
          "%s: %s must be an https address; http is for loopback alone"
              .formatted(setting, origin(url)));
    }
    if (url.getUserInfo() != null) {
      throw new IllegalArgumentException("%s: must hold no user".formatted(setting));
    }
    return url;
  }

  /** Its scheme and host, for logs. */
  public static String origin(URI url) {
    return "%s://%s".formatted(url.getScheme(), url.getHost());
  }
}
