package dev.hallpass.reconcile.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ServedConditionTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:10:00Z");

  @Test
  void noPodIsServedWhereNoneIsSelected() {
    var condition = condition(census(0, List.of(), List.of()), Optional.empty());

    assertThat(condition.getStatus()).isEqualTo("False");
    assertThat(condition.getReason()).isEqualTo("NoPods");
    assertThat(condition.getMessage())
        .startsWith("no live pod runs as orders and carries app=orders,tier in (web,batch); ");
  }

  @Test
  void holdsWhereEachPodHasItsCredentials() {
    var condition = condition(census(3, List.of(), List.of()), Optional.empty());

    assertThat(condition.getStatus()).isEqualTo("True");
    assertThat(condition.getReason()).isEqualTo("PodsServed");
  }

  @Test
  void countsAndNamesThePodsWithoutAndSaysWhy() {
    var condition =
        condition(
            census(3, List.of("one", "two"), List.of()),
            Optional.of(new Hindrance(Reason.PolicyDenied, "a freeze is on")));

    assertThat(condition.getStatus()).isEqualTo("False");
    assertThat(condition.getReason()).isEqualTo("PolicyDenied");
    assertThat(condition.getMessage())
        .isEqualTo("2 of 3 pods have no credential (one, two): a freeze is on");
  }

  @Test
  void podsThatStartOnlyWait() {
    var condition = condition(census(3, List.of("one"), List.of("two")), Optional.empty());

    assertThat(condition.getReason()).isEqualTo("PodsWaiting");
    assertThat(condition.getMessage())
        .isEqualTo("2 of 3 pods have no credential (one, two): the agent starts, or asks for it");
  }

  @Test
  void podsWithoutAgentHaveNoneEither() {
    var condition = condition(census(3, List.of(), List.of("two")), Optional.empty());

    assertThat(condition.getReason()).isEqualTo("PodsNotInjected");
    assertThat(condition.getMessage())
        .isEqualTo(
            "1 of 3 pods have no credential (two): created without injection; see the condition"
                + " PodsInjected");
  }

  private static PodCensus census(int selected, List<String> unserved, List<String> bare) {
    return new PodCensus(
        selected,
        unserved.size(),
        0,
        pods(unserved.stream()),
        pods(bare.stream()),
        List.of(),
        Optional.empty());
  }

  private static List<Pod> pods(Stream<String> names) {
    return names
        .map(n -> new PodBuilder().withNewMetadata().withName(n).endMetadata().build())
        .toList();
  }

  private static Condition condition(PodCensus pods, Optional<Hindrance> hindrance) {
    var request =
        Serialization.unmarshal(
            """
            metadata: {name: orders-db, namespace: shop}
            spec:
              workload:
                serviceAccountName: orders
                selector:
                  matchLabels: {app: orders}
                  matchExpressions: [{key: tier, operator: In, values: [web, batch]}]
            """,
            CredentialRequest.class);
    return ServedCondition.with(List.of(), request, pods, hindrance, NOW).getFirst();
  }
}
