package dev.hallpass.app;

import dev.hallpass.pki.Identity;
import dev.hallpass.pki.Pem;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Follows the Secret that the controller keeps the broker's certificate in. */
final class ServingCertificate implements AutoCloseable, ResourceEventHandler<Secret> {
  static final String SECRET = "hallpass-serving";
  private static final Logger LOG = Logger.getLogger(ServingCertificate.class);
  private static final String CERTIFICATE = "tls.crt";
  private static final String KEY = "tls.key";
  private static final String BUNDLE = "ca-bundle.crt";

  private final AtomicReference<@Nullable Map<String, String>> data = new AtomicReference<>();
  private final Consumer<Identity> onChange;
  private final SharedIndexInformer<Secret> informer;

  /** Calls back with each certificate, the first one included. */
  ServingCertificate(KubernetesClient client, String namespace, Consumer<Identity> onChange) {
    this.onChange = onChange;
    informer = client.secrets().inNamespace(namespace).withName(SECRET).runnableInformer(0);
    informer.addEventHandler(this);
    informer.exceptionHandler((started, cause) -> true);
  }

  void start() {
    informer.start();
  }

  /** PEM certificates that clients verify the broker with; blank while there are none. */
  String trustBundle() {
    var current = data.get();
    return current == null ? "" : text(current, BUNDLE);
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
    LOG.warnf("the certificate's Secret was deleted; serving with the last one: %s", SECRET);
  }

  private void accept(Secret secret) {
    var next = secret.getData();
    if (next == null || !next.keySet().containsAll(Set.of(CERTIFICATE, KEY, BUNDLE))) {
      LOG.warnf("the Secret %s is incomplete; the controller will mend it", SECRET);
      return;
    }
    var before = data.getAndSet(next);
    if (next.equals(before)) {
      return;
    }
    try {
      onChange.accept(
          Pem.identity(text(next, CERTIFICATE), dev.hallpass.wire.Secret.of(text(next, KEY))));
    } catch (RuntimeException e) {
      data.set(before);
      LOG.errorf(e, "the certificate in Secret %s cannot be served; the last one stays", SECRET);
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
