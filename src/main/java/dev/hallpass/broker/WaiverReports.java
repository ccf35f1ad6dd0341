package dev.hallpass.broker;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.kube.Catalog;
import dev.hallpass.kube.Events;
import dev.hallpass.policy.OpenBreakGlass;
import dev.hallpass.policy.Waiver;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Tells everybody concerned that a credential was issued because policies gave way. Reads nothing
 * from the API server: what it tells of is known.
 */
final class WaiverReports {
  private static final Logger LOG = Logger.getLogger(WaiverReports.class);

  /** An Event about a policy is in the namespace default, whose readers see no other's. */
  private static final String GAVE_WAY =
      "It gave way to a break-glass: kubectl get breakglasses --all-namespaces";

  private final Catalog seen;
  private final Events events;
  private final MeterRegistry meters;

  WaiverReports(Catalog seen, Events events, MeterRegistry meters) {
    this.seen = seen;
    this.events = events;
    this.meters = meters;
  }

  /** A credential was issued under a break-glass. */
  void used(
      Pod pod, CredentialRequest request, String credential, Waiver waiver, CredentialLease lease) {
    var namespace = pod.getMetadata().getNamespace();
    var text =
        "Break-glass %s/%s: credential %s of request %s was issued to pod %s as lease %s until %s; what gave way: %s"
            .formatted(
                namespace,
                waiver.breakGlass().name(),
                credential,
                request.getMetadata().getName(),
                pod.getMetadata().getName(),
                lease.getMetadata().getName(),
                waiver.breakGlass().ends(),
                String.join(", ", waiver.policies()));
    LOG.warn(text);
    Counter.builder("hallpass.breakglass.issues")
        .description("Issues of secret material under a break-glass")
        .register(meters)
        .increment();
    Stream.<HasMetadata>of(pod, request, lease, named(waiver.breakGlass(), namespace))
        .forEach(concerned -> say(concerned, text));
    seen.policies().stream()
        .filter(p -> waiver.policies().contains(p.getMetadata().getName()))
        .forEach(policy -> say(policy, GAVE_WAY));
  }

  private void say(HasMetadata concerned, String text) {
    events.say(Events.about(concerned), Events.Type.Warning, Reason.BreakGlassUsed, text);
  }

  private static BreakGlass named(OpenBreakGlass open, String namespace) {
    var breakGlass = new BreakGlass();
    breakGlass.setMetadata(
        new ObjectMetaBuilder()
            .withName(open.name())
            .withNamespace(namespace)
            .withUid(open.uid())
            .build());
    return breakGlass;
  }
}
