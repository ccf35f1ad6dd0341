package dev.hallpass.notification;

import dev.hallpass.wire.ConfidentialUrl;
import java.net.URI;

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

  /** Refuses an address that would show notices to whoever listens on the way. */
  public Receiver {
    var _ = ConfidentialUrl.require("notifications.url", url);
  }

  /** Its address for logs: a query may hold a token. */
  @Override
  public String toString() {
    return ConfidentialUrl.origin(url);
  }
}
