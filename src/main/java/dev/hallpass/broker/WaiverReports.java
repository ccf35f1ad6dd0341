package dev.hallpass.broker;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.kube.Events;
import dev.hallpass.policy.Waiver;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Tells everybody concerned that a credential was issued because policies gave way. */
final class WaiverReports {
  private static final Logger LOG = Logger.getLogger(WaiverReports.class);

  private final KubernetesClient client;
  private final Events events;
  private final MeterRegistry meters;

  WaiverReports(KubernetesClient client, Events events, MeterRegistry meters) {
    this.client = client;
    this.events = events;
    this.meters = meters;
  }

  /** A credential was issued under a break-glass. */
  void used(Pod pod, CredentialRequest request, String credential, Waiver waiver, String lease) {
    var namespace = pod.getMetadata().getNamespace();
    var name = waiver.breakGlass().name();
    var text =
        "Break-glass %s/%s: credential %s of request %s was issued to pod %s as lease %s until %s; what gave way: %s"
            .formatted(
                namespace,
                name,
                credential,
                request.getMetadata().getName(),
                pod.getMetadata().getName(),
                lease,
                waiver.breakGlass().ends(),
                String.join(", ", waiver.policies()));
    LOG.warn(text);
    Counter.builder("hallpass.breakglass.issues")
        .description("Issues of secret material under a break-glass")
        .register(meters)
        .increment();
    Stream.concat(
            Stream.of(
                pod,
                request,
                found(CredentialLease.class, namespace, lease),
                found(BreakGlass.class, namespace, name)),
            waiver.policies().stream().map(p -> found(CredentialPolicy.class, null, p)))
        .flatMap(Stream::ofNullable)
        .forEach(
            concerned ->
                events.say(
                    Events.about(concerned), Events.Type.Warning, Reason.BreakGlassUsed, text));
  }

  /** What cannot be found is told of by what can, and by the log. */
  private <T extends HasMetadata> @Nullable T found(
      Class<T> kind, @Nullable String namespace, String name) {
    try {
      var resources = client.resources(kind);
      return namespace == null
          ? resources.withName(name).get()
          : resources.inNamespace(namespace).withName(name).get();
    } catch (KubernetesClientException e) {
      LOG.warnf("no Event on %s %s: %s", kind.getSimpleName(), name, e.getMessage());
      return null;
    }
  }
}
