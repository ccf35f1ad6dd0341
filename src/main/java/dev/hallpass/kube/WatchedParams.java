package dev.hallpass.kube;

import static java.util.stream.Collectors.toUnmodifiableMap;

import dev.hallpass.api.v1alpha1.CredentialPolicy;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The custom resources that policies take parameters from, each watched as long as a policy names
 * it. Needs {@code list} and {@code watch} on them.
 */
public final class WatchedParams implements AutoCloseable {
  private final ParamReader reader;
  private final SharedIndexInformer<CredentialPolicy> policies;
  private final List<Consumer<ParamObject>> listeners = new CopyOnWriteArrayList<>();
  private Map<ParamObject, ParamWatch> watches = Map.of();
  private boolean closed;

  private WatchedParams(KubernetesClient client, SharedIndexInformer<CredentialPolicy> policies) {
    this.reader = new ParamReader(client);
    this.policies = policies;
  }

  /** Watches what the policies name that this informer sees. */
  public static WatchedParams of(
      KubernetesClient client, SharedIndexInformer<CredentialPolicy> policies) {
    var params = new WatchedParams(client, policies);
    policies.addEventHandler(new AnyChange<>(params::follow));
    return params;
  }

  /**
   * Returns once each object was looked for that the policies name now, or after that time: what is
   * then unread denies, and is looked for further.
   */
  public void awaitFirst(Duration atMost) throws InterruptedException {
    // Informers tell of what they have seen some time after.
    follow();
    var until = Instant.now().plus(atMost);
    for (var watch : opened()) {
      watch.awaitFirst(Duration.between(Instant.now(), until));
    }
  }

  private synchronized Collection<ParamWatch> opened() {
    return watches.values();
  }

  /** Tells of each object of which something else is known. */
  public void onChange(Consumer<ParamObject> listener) {
    listeners.add(listener);
  }

  /** What was last known of each. */
  public synchronized Map<ParamObject, ParamState> states() {
    return watches.entrySet().stream()
        .collect(toUnmodifiableMap(Map.Entry::getKey, e -> e.getValue().state()));
  }

  /** What is known of this one. */
  public synchronized ParamState state(ParamObject object) {
    var watch = watches.get(object);
    return watch == null ? object.unread() : watch.state();
  }

  /** The same, where one that may have changed unseen is unread: it denies what asks for it. */
  public synchronized Map<ParamObject, ParamState> currentStates() {
    return watches.entrySet().stream()
        .collect(toUnmodifiableMap(Map.Entry::getKey, e -> e.getValue().currentState()));
  }

  private synchronized void follow() {
    if (closed) {
      return;
    }
    var next = new HashMap<ParamObject, ParamWatch>();
    for (var object : ParamObject.of(policies.getStore().list())) {
      var watch = watches.get(object);
      next.put(object, watch == null ? ParamWatch.open(object, reader, this::changed) : watch);
    }
    watches.forEach(
        (object, watch) -> {
          if (!next.containsKey(object)) {
            watch.close();
          }
        });
    watches = next;
  }

  private void changed(ParamObject object) {
    listeners.forEach(l -> l.accept(object));
  }

  @Override
  public synchronized void close() {
    closed = true;
    watches.values().forEach(ParamWatch::close);
    watches = Map.of();
  }
}
