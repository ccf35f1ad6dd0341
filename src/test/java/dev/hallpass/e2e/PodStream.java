package dev.hallpass.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Creates pods, ten a second, as a dry run: the webhook decides on each, and none is started. Each
 * must come back injected.
 */
final class PodStream implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofMillis(100);
  private static final int AFTERWARDS = 20;

  private final ScheduledExecutorService clockwork = Executors.newScheduledThreadPool(4);
  private final AtomicInteger injected = new AtomicInteger();
  private final List<String> failures = new CopyOnWriteArrayList<>();

  private PodStream() {}

  static PodStream into(Scene scene) {
    var stream = new PodStream();
    for (var thread = 0; thread < 4; thread++) {
      var _ =
          stream.clockwork.scheduleAtFixedRate(
              () -> stream.create(scene),
              PERIOD.multipliedBy(thread).toMillis(),
              PERIOD.multipliedBy(4).toMillis(),
              TimeUnit.MILLISECONDS);
    }
    await("the first pods").until(() -> stream.injected.get() > AFTERWARDS);
    return stream;
  }

  private void create(Scene scene) {
    try {
      var made = scene.client().resource(pod(scene)).dryRun().create();
      if (made.getSpec().getInitContainers().isEmpty()) {
        failures.add("a pod was not injected");
      } else {
        injected.incrementAndGet();
      }
    } catch (KubernetesClientException e) {
      failures.add(e.getMessage());
    }
  }

  private static Pod pod(Scene scene) {
    return new PodBuilder()
        .withNewMetadata()
        .withGenerateName("stream-")
        .withNamespace(scene.namespace())
        .addToLabels("credentials", "orders")
        .endMetadata()
        .withNewSpec()
        .withServiceAccountName("orders")
        .withNewSecurityContext()
        .withRunAsNonRoot(true)
        .withRunAsUser(1000L)
        .withNewSeccompProfile()
        .withType("RuntimeDefault")
        .endSeccompProfile()
        .endSecurityContext()
        .addNewContainer()
        .withName("app")
        .withImage("docker.io/hallpass/demo-app:dev")
        .withNewSecurityContext()
        .withAllowPrivilegeEscalation(false)
        .withNewCapabilities()
        .withDrop("ALL")
        .endCapabilities()
        .endSecurityContext()
        .endContainer()
        .endSpec()
        .build();
  }

  /** No pod has failed, and more come through now. */
  void assertUnbroken() {
    var before = injected.get();
    await("more pods")
        .atMost(Duration.ofSeconds(60))
        .until(() -> injected.get() > before + AFTERWARDS);
    assertThat(failures).isEmpty();
  }

  @Override
  public void close() {
    clockwork.shutdownNow();
  }
}
