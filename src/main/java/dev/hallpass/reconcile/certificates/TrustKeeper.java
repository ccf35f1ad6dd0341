package dev.hallpass.reconcile.certificates;

import dev.hallpass.pki.Pem;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Keeps the webhook's {@code caBundle} where somebody else keeps the certificate: what its Secret
 * says, and what is to be trusted beside. It writes no Secret.
 */
public final class TrustKeeper {
  private static final Logger LOG = Logger.getLogger(TrustKeeper.class);

  private final KubernetesClient client;
  private final CertificateNames names;
  private final String secret;
  private final String key;
  private final List<X509Certificate> further;

  /**
   * Keeps it through this client.
   *
   * @param secret in Hallpass's namespace
   * @param key its entry with the authorities to trust
   * @param further authorities that the API server is to trust beside
   */
  public TrustKeeper(
      KubernetesClient client,
      CertificateNames names,
      String secret,
      String key,
      List<X509Certificate> further) {
    this.client = client;
    this.names = names;
    this.secret = secret;
    this.key = key;
    this.further = List.copyOf(further);
  }

  /**
   * Brings it up to date. What cannot be read is not written: the API server goes on trusting what
   * it did.
   *
   * @throws KubernetesClientException where the API server refuses or cannot be reached
   */
  public void reconcile() {
    // Read before the Secret: whoever writes a fresher bundle meanwhile makes our patch fail.
    var trust = WebhookTrust.read(client, names.webhook());
    var authorities = authorities();
    if (authorities.isEmpty()) {
      LOG.warnf(
          "no authority to trust yet: namespace=%s secret=%s entry=%s",
          names.namespace(), secret, key);
      return;
    }
    try {
      trust.ifPresentOrElse(
          t -> t.set(authorities.get() + Pem.encode(further)),
          () -> LOG.warnf("no MutatingWebhookConfiguration name=%s", names.webhook()));
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
      LOG.infof("the webhook changed meanwhile; it is read again: name=%s", names.webhook());
    }
  }

  private Optional<String> authorities() {
    return Optional.ofNullable(
            client.secrets().inNamespace(names.namespace()).withName(secret).get())
        .map(Secret::getData)
        .map(data -> data.get(key))
        .map(value -> new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8))
        .flatMap(TrustKeeper::readable);
  }

  private static Optional<String> readable(String pem) {
    try {
      return Optional.of(Pem.encode(Pem.certificates(pem))).filter(text -> !text.isEmpty());
    } catch (IllegalArgumentException e) {
      LOG.warnf("the authorities to trust cannot be read: %s", e.getMessage());
      return Optional.empty();
    }
  }
}
