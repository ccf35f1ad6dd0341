package dev.hallpass.app;

import dev.hallpass.pki.Identity;
import dev.hallpass.pki.Pem;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Follows the Secret that holds the broker's certificate, whoever keeps it. */
final class ServingCertificate implements AutoCloseable, ResourceEventHandler<Secret> {
  private static final Logger LOG = Logger.getLogger(ServingCertificate.class);
  private static final String CERTIFICATE = "tls.crt";
  private static final String KEY = "tls.key";

  private final AtomicReference<@Nullable Map<String, String>> data = new AtomicReference<>();
  private final CertificateSource source;
  private final String additionalTrust;
  private final Consumer<Identity> onChange;
  private final SharedIndexInformer<Secret> informer;

  /**
   * Calls back with each certificate, the first one included.
   *
   * @param additionalTrust PEM certificates of further authorities; blank where there are none
   * @throws IllegalArgumentException where these cannot be read
   */
  ServingCertificate(
      KubernetesClient client,
      String namespace,
      CertificateSource source,
      String additionalTrust,
      Consumer<Identity> onChange) {
    this.source = source;
    this.additionalTrust = Pem.encode(Pem.certificates(additionalTrust));
    this.onChange = onChange;
    informer =
        client.secrets().inNamespace(namespace).withName(source.secret()).runnableInformer(0);
    informer.addEventHandler(this);
    informer.exceptionHandler((started, cause) -> true);
  }

  void start() {
    informer.start();
  }

  /** PEM certificates that clients verify the broker with; blank while there are none. */
  String trustBundle() {
    var current = data.get();
    return current == null
        ? ""
        : text(current, source.bundleKey()).stripTrailing() + "\n" + additionalTrust;
  }

  @Override
  public void onAdd(Secret secret) {
    accept(secret);
  }

  @Override
  public void onUpdate(Secret before, Secret after) {
    accept(after);
  }

  @Override
  public void onDelete(Secret secret, boolean stale) {
    LOG.warnf(
        "the certificate's Secret was deleted; serving with the last one: %s", source.secret());
  }

  private void accept(Secret secret) {
    var next = secret.getData();
    var wanted = List.of(CERTIFICATE, KEY, source.bundleKey());
    if (next == null || wanted.stream().anyMatch(k -> next.getOrDefault(k, "").isEmpty())) {
      LOG.warnf(
          "the Secret %s is incomplete: it needs %s; the last certificate is served",
          source.secret(), wanted);
      return;
    }
    var before = data.getAndSet(next);
    if (next.equals(before)) {
      return;
    }
    try {
      onChange.accept(
          Pem.chained(text(next, CERTIFICATE), dev.hallpass.wire.Secret.of(text(next, KEY))));
    } catch (RuntimeException e) {
      data.set(before);
      LOG.errorf(
          e, "the certificate in Secret %s cannot be served; the last one stays", source.secret());
    }
  }

  private static String text(Map<String, String> data, String key) {
    return new String(Base64.getDecoder().decode(data.get(key)), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    informer.close();
  }
}
