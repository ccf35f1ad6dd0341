package dev.hallpass.bench;

import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.policy.CompiledPolicy;
import dev.hallpass.policy.PolicyDecider;
import dev.hallpass.policy.PolicyDecider.Unmatched;
import dev.hallpass.policy.PolicyScene;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One decision over policies that all match, on one thread. Nothing of it is kept for the next. */
class PolicyBench {
  /** Of each policy; the pods of the benches meet them. */
  static final String DEMANDS =
      """
      validations:
      - {expression: "pod.spec.containers.all(c, image(c.image).registry() in ['docker.io', 'registry.example'])", reason: ForeignImage}
      - {expression: "now.within('00:00-24:00', 'Europe/Berlin')", reason: OutsideBusinessHours}
      limits: {maxTtl: 15m}
      """;

  private static final Duration WARM_UP = Duration.ofSeconds(5);
  private static final Duration EACH = Duration.ofSeconds(5);
  private static final PolicyDecider DECIDER = new PolicyDecider(Unmatched.Allow);

  @Test
  void decisions() {
    decisions(10, WARM_UP);
    var without = decisions(0, EACH);
    for (var count : List.of(10, 100)) {
      var with = decisions(count, EACH);
      Figures.add(
          "a decision over %d policies".formatted(count),
          told(with),
          "over none: " + told(without),
          "",
          count == 10 ? "≤ 200 µs" : "");
    }
  }

  private static Sample decisions(int count, Duration duration) {
    var policies = IntStream.range(0, count).mapToObj(PolicyBench::policy).toList();
    return new Load(
            () -> {
              var verdict = DECIDER.decide(policies, PolicyScene.FACTS, PolicyScene.ALLOWED);
              if (!verdict.allows()) {
                throw new IllegalStateException(verdict.denials().toString());
              }
            })
        .workers(1, duration);
  }

  private static CompiledPolicy policy(int number) {
    return CompiledPolicy.of(
        Serialization.unmarshal(
            """
            metadata: {name: policy-%d, generation: 1}
            spec:
              enforcement: Enforce
              match: {namespaceSelector: {matchLabels: {environment: production}}}
            %s"""
                .formatted(number, DEMANDS.indent(2)),
            CredentialPolicy.class));
  }

  private static String told(Sample sample) {
    return String.format(
        Locale.ROOT,
        "%.0f/s (p50 %.1f µs, p99 %.1f µs)",
        sample.rate(),
        sample.millis(.5) * 1000,
        sample.millis(.99) * 1000);
  }
}
