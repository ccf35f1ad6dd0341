package dev.hallpass.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialApproval;
import dev.hallpass.api.v1alpha1.CredentialApprovalSpec.Stamp;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.policy.Ask;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whom a stamp speaks for, where many policies ask. */
class ApprovalStampTest {
  private static final Requester ANN = new Requester("ann", null, List.of("dba"), Map.of());

  private final CredentialRequest request =
      Serialization.unmarshal(
          """
          metadata:
            name: orders
            namespace: shop
            uid: request-1
            annotations: {hallpass.dev/created-by: carol, hallpass.dev/changed-by: carol}
          spec:
            workload: {serviceAccountName: orders, selector: {matchLabels: {app: orders}}}
            owner: team-orders
            purpose: build invoices
            credentials:
            - name: db
              providerRef: {kind: ClusterCredentialProvider, name: pg}
              access: writer
              ttl: 30m
              delivery: {mode: Sidecar, files: [{path: db.env, format: Env}]}
          """,
          CredentialRequest.class);

  private static Stream<String> policies(String stem, int many, String approvers) {
    return IntStream.range(0, many)
        .mapToObj(i -> "{name: %s-%d, needed: 2%s}".formatted(stem, i, approvers));
  }

  private Stamping decide(Stream<String> asking, Predicate<String> may) {
    var lease =
        Serialization.unmarshal(
            """
            metadata: {name: orders-1-db-1, namespace: shop, uid: lease-1}
            spec:
              requestRef: {name: orders, uid: request-1}
              credential: db
              pod: {name: orders-1, uid: pod-1, serviceAccountName: orders}
              maxLifetime: 8h
            status:
              phase: AwaitingApproval
              approval:
                digest: "%s"
                policies: [%s]
            """
                .formatted(
                    Ask.digest(request, request.getSpec().credentials().getFirst()),
                    asking.collect(Collectors.joining(", "))),
            CredentialLease.class);
    var asked =
        Serialization.unmarshal(
                """
                spec:
                  leaseRef: {name: orders-1-db-1, uid: lease-1}
                  decision: Approve
                  scope: Lease
                """,
                CredentialApproval.class)
            .getSpec();
    return ApprovalStamp.decide(
        new ApprovalStamp.Input(asked, ANN, lease, request, Instant.parse("2026-03-02T10:00:00Z")),
        may);
  }

  private static Stamp stamp(Stamping stamping) {
    assertThat(stamping).isInstanceOf(Stamping.Stamped.class);
    var patch = ((Stamping.Stamped) stamping).patch();
    assertThat(patch).hasSize(1);
    assertThat(patch.get(0).get("path").asText()).isEqualTo("/spec/stamp");
    return Serialization.unmarshal(patch.get(0).get("value").toString(), Stamp.class);
  }

  @Test
  void speaksFirstForThePoliciesThatItHelps() {
    var full = policies("full", 8, ", approvedBy: [bob, dora]");
    var hers = policies("hers", 8, ", approvedBy: [ann]");
    var open = policies("open", 3, ", approvedBy: [bob]");

    var stamp = stamp(decide(Stream.of(full, hers, open).flatMap(s -> s), policy -> true));

    assertThat(stamp.policies())
        .containsExactly(
            "open-0", "open-1", "open-2", "full-0", "full-1", "full-2", "full-3", "full-4");
  }

  @Test
  void manyPoliciesAreServedByOneApprovalAfterAnother() {
    var first = stamp(decide(policies("p", 10, ""), policy -> true)).policies();
    var then =
        stamp(
                decide(
                    IntStream.range(0, 10)
                        .mapToObj(
                            i ->
                                "{name: p-%d, needed: 1%s}"
                                    .formatted(
                                        i, first.contains("p-" + i) ? ", approvedBy: [ann]" : "")),
                    policy -> true))
            .policies();

    assertThat(first).hasSize(8);
    assertThat(then).startsWith("p-8", "p-9");
  }

  @Test
  void asksForNoMoreThanCanBeAnsweredInTime() {
    var questions = new ArrayList<String>();

    var stamping =
        decide(
            policies("p", 100, ""),
            policy -> {
              questions.add(policy);
              return false;
            });

    assertThat(stamping)
        .isInstanceOfSatisfying(
            Stamping.Refused.class,
            refused -> assertThat(refused.reason()).isEqualTo(Reason.ApproverNotAllowed));
    assertThat(questions).hasSize(32).doesNotHaveDuplicates();
  }
}
