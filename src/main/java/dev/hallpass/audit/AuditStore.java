package dev.hallpass.audit;

import dev.hallpass.wire.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What Kubernetes keeps for trails: the signing key in a Secret, what verifies its signatures and
 * the newest checkpoint of each writer in ConfigMaps. The controller makes them; writers change the
 * checkpoints alone.
 */
public final class AuditStore implements Heads {
  /** The Secret with the signing key. */
  public static final String KEY_SECRET = "hallpass-audit";

  /** The ConfigMap with all keys that ever signed, public halves only: key id to key. */
  public static final String TRUSTED_KEYS = "hallpass-audit-keys";

  /** The ConfigMap with the newest checkpoint of each writer: chain to checkpoint. */
  public static final String HEADS = "hallpass-audit-heads";

  /** In the Secret: {@link SigningKey#secret}. */
  public static final String PRIVATE = "private.key";

  /** In the Secret: {@link TrustedKey#text}. */
  public static final String PUBLIC = "public.key";

  private static final Logger LOG = Logger.getLogger(AuditStore.class);

  /** More than replicas and their last restarts; older ones were seen by others long ago. */
  private static final int KEPT = 64;

  private final KubernetesClient client;
  private final String namespace;

  /** Reads and writes in this namespace, Hallpass's own. */
  public AuditStore(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /**
   * What a chain begins with.
   *
   * @throws IllegalStateException where the controller has not made the key yet
   * @throws RuntimeException where it cannot be read
   */
  public Journal.Opening opening() {
    return new Journal.Opening(key(), this, read());
  }

  private SigningKey key() {
    var secret = client.secrets().inNamespace(namespace).withName(KEY_SECRET).get();
    var data = secret == null ? null : secret.getData();
    if (data == null || !data.containsKey(PRIVATE) || !data.containsKey(PUBLIC)) {
      throw new IllegalStateException(
          "the controller has not made the Secret %s yet".formatted(KEY_SECRET));
    }
    return SigningKey.of(
        Secret.of(decoded(data.get(PRIVATE))), TrustedKey.of(decoded(data.get(PUBLIC))));
  }

  private static String decoded(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }

  @Override
  public List<Head> read() {
    var map = client.configMaps().inNamespace(namespace).withName(HEADS).get();
    if (map == null) {
      throw new IllegalStateException(
          "the controller has not made the ConfigMap %s yet".formatted(HEADS));
    }
    return heads(map.getData());
  }

  @Override
  public List<Head> publish(Head own) {
    var data = new HashMap<String, @Nullable String>();
    forgotten(read()).forEach(chain -> data.put(chain, null));
    data.put(own.chain(), own.text());
    var written =
        client
            .configMaps()
            .inNamespace(namespace)
            .withName(HEADS)
            .patch(PatchContext.of(PatchType.JSON_MERGE), Canonical.of(Map.of("data", data)));
    return heads(written.getData());
  }

  private static List<String> forgotten(List<Head> known) {
    return known.stream()
        .sorted(Comparator.comparing(Head::time).reversed())
        .skip(KEPT - 1)
        .map(Head::chain)
        .toList();
  }

  /** What is in a ConfigMap of that name; what cannot be read is left out, and told. */
  static List<Head> heads(@Nullable Map<String, String> data) {
    return Objects.requireNonNullElse(data, Map.<String, String>of()).values().stream()
        .flatMap(text -> head(text).stream())
        .toList();
  }

  private static Optional<Head> head(String text) {
    try {
      return Optional.of(Head.of(text));
    } catch (IllegalArgumentException e) {
      LOG.warnf("not a checkpoint in ConfigMap %s: %s", HEADS, e.getMessage());
      return Optional.empty();
    }
  }
}
