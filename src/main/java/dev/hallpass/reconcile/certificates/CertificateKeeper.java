package dev.hallpass.reconcile.certificates;

import dev.hallpass.pki.Pem;
import dev.hallpass.pki.Rotation;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the CA, the broker's serving certificate and the webhook's {@code caBundle} as {@link
 * Rotation} says, and heals what was edited by hand.
 *
 * <p>Runs where the leader runs. Should two run after all, one loses: everything is written over
 * the version that was read, and the CA before what it signed. A loser reads again and accepts what
 * the other made.
 */
public final class CertificateKeeper {
  private static final Logger LOG = Logger.getLogger(CertificateKeeper.class);

  /** How often to look for edits by hand, and for a webhook that was applied anew. */
  private static final Duration LOOK_AGAIN = Duration.ofMinutes(1);

  private static final Duration RETRY = Duration.ofSeconds(2);
  private static final String TLS_TYPE = "kubernetes.io/tls";
  private static final String OPAQUE_TYPE = "Opaque";

  private final KubernetesClient client;
  private final CertificateNames names;
  private final Rotation rotation;
  private final List<X509Certificate> further;
  private final Clock clock;

  /**
   * Keeps certificates through this client.
   *
   * @param further authorities that the API server is to trust beside the CA
   */
  public CertificateKeeper(
      KubernetesClient client,
      CertificateNames names,
      Rotation rotation,
      List<X509Certificate> further,
      Clock clock) {
    this.further = List.copyOf(further);
    this.client = client;
    this.names = names;
    this.rotation = rotation;
    this.clock = clock;
  }

  /**
   * Brings everything up to date.
   *
   * @return when to call again
   * @throws KubernetesClientException where the API server refuses or cannot be reached
   */
  public Instant reconcile() {
    var now = clock.instant();
    try {
      return keep(now);
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
      LOG.infof(
          "certificates changed meanwhile, reading them again namespace=%s", names.namespace());
      return now.plus(RETRY);
    }
  }

  private Instant keep(Instant now) {
    // Read before the Secrets: whoever writes a fresher bundle meanwhile makes our patch fail.
    var trust = WebhookTrust.read(client, names.webhook());
    var authority = secret(names.authoritySecret());
    var serving = secret(names.servingSecret());
    var read = CertificateSecrets.read(data(authority), data(serving));
    if (!read.unreadable().isEmpty()) {
      LOG.warnf(
          "certificates are unreadable and will be replaced namespace=%s keys=%s",
          names.namespace(), read.unreadable());
    }
    var next = rotation.next(read.state(), now);
    write(names.authoritySecret(), OPAQUE_TYPE, authority, CertificateSecrets.authority(next));
    write(names.servingSecret(), TLS_TYPE, serving, CertificateSecrets.serving(next));
    trust.ifPresentOrElse(
        t -> t.set(Pem.encode(next.bundle()) + Pem.encode(further)),
        () -> LOG.warnf("no MutatingWebhookConfiguration name=%s", names.webhook()));
    var due = rotation.dueAt(next);
    var latest = now.plus(LOOK_AGAIN);
    return due.isBefore(latest) ? due : latest;
  }

  private @Nullable Secret secret(String name) {
    return client.secrets().inNamespace(names.namespace()).withName(name).get();
  }

  private static Map<String, String> data(@Nullable Secret secret) {
    return secret == null || secret.getData() == null ? Map.of() : secret.getData();
  }

  private void write(String name, String type, @Nullable Secret read, Map<String, String> data) {
    if (read == null) {
      client
          .resource(
              new SecretBuilder()
                  .withNewMetadata()
                  .withName(name)
                  .withNamespace(names.namespace())
                  .addToLabels("app.kubernetes.io/managed-by", "hallpass")
                  .endMetadata()
                  .withType(type)
                  .withData(data)
                  .build())
          .create();
      LOG.infof("certificates created namespace=%s secret=%s", names.namespace(), name);
    } else if (!data.equals(data(read))) {
      client
          .resource(new SecretBuilder(read).withData(data).build())
          .lockResourceVersion(read.getMetadata().getResourceVersion())
          .update();
      LOG.infof("certificates changed namespace=%s secret=%s", names.namespace(), name);
    }
  }
}
