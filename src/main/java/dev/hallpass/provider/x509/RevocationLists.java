package dev.hallpass.provider.x509;

import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.provider.Target;
import dev.hallpass.provider.TargetException;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.math.BigInteger;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Keeps each CA's list in a ConfigMap of Hallpass's namespace, for anybody to read. */
final class RevocationLists {
  static final Map<String, String> LABELS = Map.of("app.kubernetes.io/managed-by", "hallpass");

  private static final int ATTEMPTS = 10;
  private static final int NAME_BYTES = 8;

  private final KubernetesClient client;
  private final String namespace;
  private final Map<String, Lane> lanes = new ConcurrentHashMap<>();

  /**
   * Certificates to be listed.
   *
   * @param until when they would have ended by themselves, so that they need not be listed longer
   */
  record Addition(List<BigInteger> serials, Instant until) {}

  private record Waiting(Addition addition, CompletableFuture<PublishedList> listed) {

    PublishedList await() {
      try {
        return listed.join();
      } catch (CompletionException e) {
        throw e.getCause() instanceof TargetException failed
            ? new TargetException(failed.reason(), String.valueOf(failed.getMessage()), failed)
            : e;
      }
    }
  }

  /** Those who wait for one list, and whoever writes for them. */
  private static final class Lane {
    private final Lock lock = new ReentrantLock();
    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();

    List<Waiting> takeAll() {
      var all = new ArrayList<Waiting>();
      for (var next = waiting.poll(); next != null; next = waiting.poll()) {
        all.add(next);
      }
      return all;
    }
  }

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
   * Puts certificates on the list. One write serves all who wait for the same CA, however many they
   * are; it is made anew on what another process has written meanwhile.
   *
   * @param next the list that follows one with these additions; the same one where none has to
   * @return the list, as the API server has it
   */
  PublishedList publish(
      Target target,
      Addition addition,
      BiFunction<PublishedList, List<Addition>, PublishedList> next) {
    var lane = lanes.computeIfAbsent(target.id(), id -> new Lane());
    var mine = new Waiting(addition, new CompletableFuture<>());
    lane.waiting.add(mine);
    lane.lock.lock();
    try {
      if (!mine.listed().isDone()) {
        publishAll(target, lane.takeAll(), next);
      }
    } finally {
      lane.lock.unlock();
    }
    return mine.await();
  }

  private void publishAll(
      Target target,
      List<Waiting> all,
      BiFunction<PublishedList, List<Addition>, PublishedList> next) {
    try {
      var additions = all.stream().map(Waiting::addition).toList();
      var listed = publishAlone(target, before -> next.apply(before, additions));
      all.forEach(w -> w.listed().complete(listed));
    } catch (RuntimeException e) {
      all.forEach(w -> w.listed().completeExceptionally(e));
    }
  }

  private PublishedList publishAlone(Target target, UnaryOperator<PublishedList> next) {
    for (var attempt = 1; ; attempt++) {
      try {
        return write(target, get(target), next);
      } catch (KubernetesClientException e) {
        if (e.getCode() != HttpURLConnection.HTTP_CONFLICT || attempt == ATTEMPTS) {
          throw unavailable(e);
        }
      }
    }
  }

  private PublishedList write(
      Target target, @Nullable ConfigMap read, UnaryOperator<PublishedList> next) {
    var before = list(read);
    var after = next.apply(before);
    if (after.equals(before)) {
      return before;
    }
    if (read == null) {
      return list(client.resource(map(target, after.data())).create());
    }
    return list(
        client
            .resource(kept(read, after.data()))
            .lockResourceVersion(read.getMetadata().getResourceVersion())
            .update());
  }

  /** One that was let go stays, as a provider of that name is there again. */
  private static ConfigMap kept(ConfigMap read, Map<String, String> data) {
    return new ConfigMapBuilder(read)
        .editMetadata()
        .withOwnerReferences(List.of())
        .endMetadata()
        .withData(data)
        .build();
  }

  private @Nullable ConfigMap get(Target target) {
    return client.configMaps().inNamespace(namespace).withName(name(target)).get();
  }

  static PublishedList list(@Nullable ConfigMap read) {
    return read == null
        ? PublishedList.EMPTY
        : PublishedList.of(Objects.requireNonNullElse(read.getData(), Map.of()));
  }

  private ConfigMap map(Target target, Map<String, String> data) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(name(target))
        .withNamespace(namespace)
        .addToLabels(LABELS)
        .addToAnnotations(HallpassApi.PROVIDER_ANNOTATION, target.id())
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
