package dev.hallpass.provider.x509;

import dev.hallpass.provider.Target;
import dev.hallpass.provider.TargetException;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Keeps each CA's list in a ConfigMap of Hallpass's namespace, for anybody to read. */
final class RevocationLists {
  private static final String PROVIDER_ANNOTATION = "hallpass.dev/provider";
  private static final int ATTEMPTS = 10;
  private static final int NAME_BYTES = 8;

  private final KubernetesClient client;
  private final String namespace;
  private final Map<String, Lock> lanes = new ConcurrentHashMap<>();

  RevocationLists(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /** The list as it is now. */
  PublishedList read(Target target) {
    try {
      return list(get(target));
    } catch (KubernetesClientException e) {
      throw unavailable(e);
    }
  }

  /**
   * Changes the list, one caller after the other; the change is made anew on what another process
   * has written meanwhile.
   */
  void change(Target target, UnaryOperator<PublishedList> change) {
    var lane = lanes.computeIfAbsent(target.id(), id -> new ReentrantLock());
    lane.lock();
    try {
      changeAlone(target, change);
    } finally {
      lane.unlock();
    }
  }

  private void changeAlone(Target target, UnaryOperator<PublishedList> change) {
    for (var attempt = 1; ; attempt++) {
      try {
        write(target, get(target), change);
        return;
      } catch (KubernetesClientException e) {
        if (e.getCode() != HttpURLConnection.HTTP_CONFLICT || attempt == ATTEMPTS) {
          throw unavailable(e);
        }
      }
    }
  }

  private void write(Target target, @Nullable ConfigMap read, UnaryOperator<PublishedList> change) {
    var before = list(read);
    var after = change.apply(before);
    if (after.equals(before)) {
      return;
    }
    if (read == null) {
      client.resource(map(target, after.data())).create();
    } else {
      client
          .resource(new ConfigMapBuilder(read).withData(after.data()).build())
          .lockResourceVersion(read.getMetadata().getResourceVersion())
          .update();
    }
  }

  private @Nullable ConfigMap get(Target target) {
    return client.configMaps().inNamespace(namespace).withName(name(target)).get();
  }

  private static PublishedList list(@Nullable ConfigMap read) {
    return read == null
        ? PublishedList.EMPTY
        : PublishedList.of(Objects.requireNonNullElse(read.getData(), Map.of()));
  }

  private ConfigMap map(Target target, Map<String, String> data) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(name(target))
        .withNamespace(namespace)
        .addToLabels("app.kubernetes.io/managed-by", "hallpass")
        .addToAnnotations(PROVIDER_ANNOTATION, target.id())
        .endMetadata()
        .withData(data)
        .build();
  }

  /** A provider's kind, namespace and name together can be longer than a name may be. */
  static String name(Target target) {
    try {
      var digest =
          MessageDigest.getInstance("SHA-256").digest(target.id().getBytes(StandardCharsets.UTF_8));
      return "hallpass-crl-" + HexFormat.of().formatHex(digest, 0, NAME_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static TargetException unavailable(KubernetesClientException e) {
    return new TargetException(
        Reason.ApiServerUnavailable,
        "the revocation list cannot be read or written (HTTP %d)".formatted(e.getCode()),
        e);
  }
}
