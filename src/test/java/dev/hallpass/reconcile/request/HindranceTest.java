package dev.hallpass.reconcile.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HindranceTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:10:00Z");
  private static final String RUNNING = "{running: {startedAt: \"2026-01-01T00:00:00Z\"}}";

  @Test
  void whatKeepsTheRequestFromBeingReadyKeepsItsPods() {
    var notReady = condition("False", "ProviderNotReady", "connection refused");

    assertThat(Hindrance.of(notReady, pod("", RUNNING), List.of(), Optional::empty, NOW))
        .contains(new Hindrance(Reason.ProviderNotReady, "connection refused"));
  }

  @Test
  void aPodMayCarryAnOrderToRevoke() {
    var pod = pod("hallpass.dev/revoke: leaked", RUNNING);

    assertThat(hindrance(pod))
        .contains(
            new Hindrance(
                Reason.RevocationAsked,
                "pod orders-1 carries the annotation hallpass.dev/revoke; remove it to issue again"));
  }

  @Test
  void anOrderOfAnEarlierTimeIsOver() {
    assertThat(hindrance(pod("hallpass.dev/revoke: \"2026-01-01T00:09:00Z\"", RUNNING))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {waiting: {reason: ImagePullBackOff}} | container hallpass-agent waits: ImagePullBackOff
          {terminated: {exitCode: 1}}           | container hallpass-agent ended with exit code 1
          """)
  void kubeletSaysWhyTheAgentDoesNotRun(String state, String said) {
    assertThat(hindrance(pod("", state)))
        .contains(new Hindrance(Reason.AgentNotRunning, "the agent does not run: " + said));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {phase: AwaitingApproval}                       | ApprovalAwaited
          {phase: Denied, endedBy: ApprovalDenied}        | ApprovalDenied
          {phase: Denied, endedBy: ApprovalTimedOut}      | ApprovalTimedOut
          {phase: Revoking, endedBy: PolicyWithdrawn}     | Revoking
          """)
  void theNewestLeaseTells(String status, Reason reason) {
    assertThat(
            hindrance(
                pod("", RUNNING),
                lease("{phase: Revoked}", "2026-01-01T00:01:00Z"),
                lease(status, "2026-01-01T00:02:00Z")))
        .map(Hindrance::reason)
        .contains(reason);
  }

  @Test
  void policiesAreAskedLast() {
    assertThat(
            Hindrance.of(
                condition("True", "Ready", ""),
                pod("", RUNNING),
                List.of(lease("{phase: Revoked}", "2026-01-01T00:01:00Z")),
                () -> Optional.of("a freeze is on"),
                NOW))
        .contains(new Hindrance(Reason.PolicyDenied, "a freeze is on"));
  }

  @Test
  void whatIsNotFoundHereTheAgentKnows() {
    var ended = lease("{phase: Revoked, endedBy: Requested}", "2026-01-01T00:01:00Z");

    assertThat(hindrance(pod("", RUNNING), ended)).isEmpty();
    assertThat(Hindrance.unknown(pod("", RUNNING), List.of(ended)))
        .isEqualTo(
            new Hindrance(
                Reason.PodsFailing,
                "its last lease ended (Requested); the agent's log says why: kubectl -n shop logs"
                    + " orders-1 -c hallpass-agent"));
  }

  private static Optional<Hindrance> hindrance(Pod pod, CredentialLease... leases) {
    return Hindrance.of(
        condition("True", "Ready", ""), pod, Arrays.asList(leases), Optional::empty, NOW);
  }

  private static Condition condition(String status, String reason, String message) {
    return new ConditionBuilder()
        .withType("Ready")
        .withStatus(status)
        .withReason(reason)
        .withMessage(message)
        .build();
  }

  private static Pod pod(String annotation, String agent) {
    return Serialization.unmarshal(
        """
        metadata:
          name: orders-1
          namespace: shop
          annotations: {%s}
        status:
          initContainerStatuses: [{name: hallpass-agent, state: %s}]
        """
            .formatted(annotation, agent),
        Pod.class);
  }

  private static CredentialLease lease(String status, String created) {
    return Serialization.unmarshal(
        "metadata: {name: l, creationTimestamp: \"%s\"}\nstatus: %s".formatted(created, status),
        CredentialLease.class);
  }
}
