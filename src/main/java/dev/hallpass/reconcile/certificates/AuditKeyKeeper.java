package dev.hallpass.reconcile.certificates;

import dev.hallpass.audit.AuditStore;
import dev.hallpass.audit.SigningKey;
import dev.hallpass.audit.TrustedKey;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Makes the key that signs audit trails where there is none, and publishes what verifies it. A key
 * that was once published stays so: what it signed is to be verified for ever.
 */
public final class AuditKeyKeeper {
  private static final Logger LOG = Logger.getLogger(AuditKeyKeeper.class);

  private final KubernetesClient client;
  private final String namespace;
  private final SecureRandom random;

  /** Keeps it in this namespace, Hallpass's own. */
  public AuditKeyKeeper(KubernetesClient client, String namespace, SecureRandom random) {
    this.client = client;
    this.namespace = namespace;
    this.random = random;
  }

  /** Makes what is missing. The key comes last: writers begin once it is there. */
  public void reconcile() {
    if (client.configMaps().inNamespace(namespace).withName(AuditStore.HEADS).get() == null) {
      client
          .resource(new ConfigMapBuilder().withMetadata(named(AuditStore.HEADS)).build())
          .create();
    }
    var secret = client.secrets().inNamespace(namespace).withName(AuditStore.KEY_SECRET).get();
    if (secret == null) {
      create(SigningKey.generate(random));
    } else {
      publish(
          TrustedKey.of(
              new String(
                  Base64.getDecoder().decode(secret.getData().get(AuditStore.PUBLIC)),
                  StandardCharsets.UTF_8)));
    }
  }

  private void create(SigningKey key) {
    publish(key.trusted());
    client
        .resource(
            new SecretBuilder()
                .withMetadata(named(AuditStore.KEY_SECRET))
                .withType("Opaque")
                .addToStringData(AuditStore.PRIVATE, key.secret().reveal())
                .addToStringData(AuditStore.PUBLIC, key.trusted().text())
                .build())
        .create();
    LOG.infof("audit key created namespace=%s key=%s", namespace, key.trusted().id());
  }

  private void publish(TrustedKey key) {
    var known = client.configMaps().inNamespace(namespace).withName(AuditStore.TRUSTED_KEYS).get();
    if (known == null) {
      client
          .resource(
              new ConfigMapBuilder()
                  .withMetadata(named(AuditStore.TRUSTED_KEYS))
                  .addToData(key.id(), key.text())
                  .build())
          .create();
      return;
    }
    var data = new HashMap<>(Optional.ofNullable(known.getData()).orElse(Map.of()));
    if (!key.text().equals(data.put(key.id(), key.text()))) {
      client
          .resource(new ConfigMapBuilder(known).withData(data).build())
          .lockResourceVersion(known.getMetadata().getResourceVersion())
          .update();
    }
  }

  private ObjectMeta named(String name) {
    return new ObjectMetaBuilder()
        .withName(name)
        .withNamespace(namespace)
        .addToLabels("app.kubernetes.io/managed-by", "hallpass")
        .build();
  }
}
