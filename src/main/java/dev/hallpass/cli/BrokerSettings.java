package dev.hallpass.cli;

import dev.hallpass.policy.PolicyDecider.Unmatched;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What decisions depend on beside the objects of a namespace.
 *
 * @param namespace Hallpass's own
 * @param unmatched what holds where no policy matches
 * @param obstacle why it is not known, and the chart's default is assumed
 */
record BrokerSettings(String namespace, Unmatched unmatched, Optional<String> obstacle) {
  private static final String BROKER = "hallpass-broker";
  private static final String UNMATCHED = "HALLPASS_POLICIES_UNMATCHED";

  /** Reads the broker's settings, where this user may. */
  static BrokerSettings read(KubernetesClient client, String namespace) {
    var broker =
        Reading.one(
            () -> client.apps().deployments().inNamespace(namespace).withName(BROKER).get());
    return new BrokerSettings(
        namespace,
        broker.items().stream()
            .flatMap(BrokerSettings::environment)
            .filter(v -> UNMATCHED.equals(v.getName()))
            .map(EnvVar::getValue)
            .map(Unmatched::valueOf)
            .findFirst()
            .orElse(Unmatched.Allow),
        broker.obstacle());
  }

  private static Stream<EnvVar> environment(Deployment broker) {
    return broker.getSpec().getTemplate().getSpec().getContainers().stream()
        .flatMap(c -> c.getEnv().stream());
  }
}
