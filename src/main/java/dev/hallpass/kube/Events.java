package dev.hallpass.kube;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.wire.Excerpt;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Kubernetes Events, for people who look with {@code kubectl describe}. The same outcome of the
 * same object is one Event that counts, at most once in a while. They are written beside the work,
 * in order, and dropped rather than waited for: what must not be lost is in a status or in the log.
 * Of normal ones there are only so many a second; warnings are always said.
 */
public final class Events implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Events.class);
  private static final int BACKLOG = 1000;
  private static final Duration QUIET = Duration.ofSeconds(10);
  private static final String COMPONENT = "hallpass";

  /** Of those that nobody needs to worry about: each costs etcd a write, as what they tell of. */
  private static final int NORMAL_AT_ONCE = 100;

  private static final int NORMAL_PER_SECOND = 10;

  /** Whether people should worry, spelt as in manifests. */
  public enum Type {
    Normal,
    Warning
  }

  private final KubernetesClient client;
  private final Clock clock;
  private final RecentKeys saidJustNow;
  private final TokenBucket normal = new TokenBucket(NORMAL_AT_ONCE, NORMAL_PER_SECOND);
  private final ThreadPoolExecutor writer =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(BACKLOG),
          Thread.ofVirtual().name("events").factory());

  /** Writes through this client. */
  public Events(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
    this.saidJustNow = new RecentKeys(QUIET, clock);
  }

  /** The reference by which Events name an object. */
  public static ObjectReference about(HasMetadata object) {
    return new ObjectReferenceBuilder()
        .withApiVersion(object.getApiVersion())
        .withKind(object.getKind())
        .withNamespace(object.getMetadata().getNamespace())
        .withName(object.getMetadata().getName())
        .withUid(object.getMetadata().getUid())
        .build();
  }

  /** The reference to a pod that is known by its name alone. */
  public static ObjectReference aboutPod(String namespace, String name, String uid) {
    return new ObjectReferenceBuilder()
        .withApiVersion("v1")
        .withKind("Pod")
        .withNamespace(namespace)
        .withName(name)
        .withUid(uid)
        .build();
  }

  /** The reference to the pod that holds a lease. */
  public static ObjectReference aboutPod(CredentialLease lease) {
    var pod = lease.getSpec().pod();
    return aboutPod(lease.getMetadata().getNamespace(), pod.name(), pod.uid());
  }

  /** Says what happened to an object; returns at once. */
  public void say(ObjectReference about, Type type, Reason reason, String message) {
    var event = event(about, type, reason, message);
    if (!saidJustNow.add(event.getMetadata().getName())
        || (type == Type.Normal && !normal.take(clock.instant()))) {
      return;
    }
    try {
      writer.execute(() -> write(event));
    } catch (RejectedExecutionException e) {
      LOG.warnf("event dropped: reason=%s object=%s", reason, about.getName());
    }
  }

  /** The same, but returns when it is written, or cannot be: for a process that ends then. */
  public void sayNow(ObjectReference about, Type type, Reason reason, String message) {
    write(event(about, type, reason, message));
  }

  private void write(Event event) {
    try {
      count(event);
    } catch (KubernetesClientException e) {
      // Nobody describes what is in a namespace that ends.
      LOG.logf(
          namespaceEnds(e) ? Logger.Level.DEBUG : Logger.Level.WARN,
          e,
          "event not written: reason=%s namespace=%s object=%s",
          event.getReason(),
          event.getMetadata().getNamespace(),
          event.getInvolvedObject().getName());
    }
  }

  /** Whether nothing can be created in the namespace, as it is being deleted or is gone. */
  private static boolean namespaceEnds(KubernetesClientException e) {
    var details = e.getStatus() == null ? null : e.getStatus().getDetails();
    return e.getCode() == HttpURLConnection.HTTP_NOT_FOUND
        || (details != null
            && details.getCauses().stream()
                .anyMatch(c -> "NamespaceTerminating".equals(c.getReason())));
  }

  private void count(Event event) {
    try {
      client.resource(event).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
      client
          .resource(event)
          .edit(
              known ->
                  new EventBuilder(known)
                      .withCount(known.getCount() + 1)
                      .withLastTimestamp(event.getLastTimestamp())
                      .build());
    }
  }

  private Event event(ObjectReference about, Type type, Reason reason, String message) {
    var now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    return new EventBuilder()
        .withNewMetadata()
        .withName(name(about, reason, message))
        .withNamespace(about.getNamespace() == null ? "default" : about.getNamespace())
        .endMetadata()
        .withInvolvedObject(about)
        .withType(type.name())
        .withReason(reason.name())
        .withMessage(Excerpt.of(message, Excerpt.STATEMENTS))
        .withCount(1)
        .withFirstTimestamp(now)
        .withLastTimestamp(now)
        .withNewSource()
        .withComponent(COMPONENT)
        .endSource()
        .withReportingComponent(COMPONENT)
        .build();
  }

  /** Follows from what is said, so that etcd itself finds the repetition. */
  private static String name(ObjectReference about, Reason reason, String message) {
    var said = String.join("\n", about.getUid(), reason.name(), message);
    var digest = UUID.nameUUIDFromBytes(said.getBytes(StandardCharsets.UTF_8));
    return about.getName() + "." + digest.toString().replace("-", "").substring(0, 16);
  }

  @Override
  public void close() {
    writer.shutdownNow();
  }
}
