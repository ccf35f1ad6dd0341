package dev.hallpass.reconcile.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialPolicySpec.Enforcement;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.audit.AuditEvent;
import dev.hallpass.audit.AuditEvent.Decided;
import dev.hallpass.audit.AuditEvent.Operation;
import dev.hallpass.audit.AuditEvent.Outcome;
import dev.hallpass.kube.ParamState;
import dev.hallpass.policy.Denial;
import dev.hallpass.policy.Denial.Ground;
import dev.hallpass.policy.Parameters;
import dev.hallpass.policy.PolicyScene;
import dev.hallpass.policy.PolicyVerdict;
import dev.hallpass.policy.PolicyVerdict.Consulted;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WithdrawalTest {
  private static final CredentialLease LEASE =
      Serialization.unmarshal(
          """
          metadata: {name: orders-db-1, namespace: shop, uid: b8a3c1f0-0000-4000-8000-000000000001}
          spec:
            pod: {name: orders-1, uid: p-1, serviceAccountName: orders, nodeName: one}
            requestRef: {name: orders, uid: r-1}
            credential: db
            providerRef: {kind: ClusterCredentialProvider, name: pg}
            access: writer
            owner: team-orders
            purpose: build invoices
            breakGlass: {name: night-1, uid: g-1}
          """,
          CredentialLease.class);
  private static final Denial RULE =
      new Denial("hours", 3, Ground.Rule, "Closed", "it is past eight");
  private static final Denial FAILURE =
      new Denial("broken", 1, Ground.Failure, Denial.EXPRESSION_FAILED, "no such key");
  private static final Denial REFUSAL =
      new Denial("asks", 2, Ground.Refusal, Reason.ApprovalDenied.name(), "ann said no");

  private static Withdrawal withdrawal(@Nullable Map<String, ?> params, Denial... refusals) {
    var verdict =
        new PolicyVerdict(
            List.of(RULE, FAILURE),
            List.of(),
            List.of(),
            PolicyScene.ALLOWED,
            List.of(),
            List.of(
                new Consulted(
                    "hours",
                    3,
                    Enforcement.Enforce,
                    List.of(RULE),
                    params == null
                        ? null
                        : new Parameters("ConfigMap hours", new ParamState.Found(params))),
                new Consulted("broken", 1, Enforcement.Enforce, List.of(FAILURE), null)));
    return new Withdrawal(LEASE, new Heard.Judged(verdict, PolicyScene.FACTS), List.of(refusals));
  }

  @Test
  void whereNothingEndsItItGoesOn() {
    assertThat(withdrawal(null).end()).isEmpty();
  }

  /** What ends it is in the message; what all said, which may be more, with the policies. */
  @Test
  void tellsAllOnWhichItRests() {
    var end = withdrawal(Map.of("until", "20:00"), RULE).end().orElseThrow();

    assertThat(end.by()).isEqualTo(EndedBy.PolicyWithdrawn);
    assertThat(end.message()).isEqualTo("CredentialPolicy hours, Closed: it is past eight");
    Decided decision = end.decision();
    assertThat(decision).isNotNull();
    assertThat(decision.operation()).isEqualTo(Operation.Review);
    assertThat(decision.outcome()).isEqualTo(Outcome.Denied);
    assertThat(decision.reason()).isEqualTo(Reason.PolicyDenied);
    assertThat(decision.message()).isEqualTo(end.message());
    assertThat(decision.held().lease().uid()).isEqualTo(LEASE.getMetadata().getUid());
    assertThat(decision.inputs()).matches("[0-9a-f]{64}");
    assertThat(decision.ttl()).isNull();
    assertThat(decision.breakGlass()).isEqualTo(new AuditEvent.BreakGlassId("night-1", "g-1"));
    assertThat(decision.policies())
        .extracting(p -> "%s@%d %s".formatted(p.name(), p.generation(), p.denials()))
        .containsExactly(
            "hours@3 [CredentialPolicy hours, Closed: it is past eight]",
            "broken@1 [CredentialPolicy broken, ExpressionFailed: no such key]");
    assertThat(decision.policies().getFirst().params().digest()).matches("[0-9a-f]{64}");
  }

  @Test
  void oneThatSaidNoIsTheReason() {
    var end = withdrawal(null, RULE, REFUSAL).end().orElseThrow();

    assertThat(end.by()).isEqualTo(EndedBy.ApprovalDenied);
    assertThat(end.decision().reason()).isEqualTo(Reason.ApprovalDenied);
  }

  /** Else who makes something that has no digest keeps what a policy takes. */
  @Test
  void endsWhatCannotBeToldOf() {
    var unreadable =
        new AbstractList<String>() {
          @Override
          public String get(int index) {
            throw new IllegalStateException("unreadable");
          }

          @Override
          public int size() {
            return 1;
          }
        };

    var end = withdrawal(Map.of("windows", unreadable), RULE).end().orElseThrow();

    assertThat(end.by()).isEqualTo(EndedBy.PolicyWithdrawn);
    assertThat(end.decision()).isNull();
  }
}
