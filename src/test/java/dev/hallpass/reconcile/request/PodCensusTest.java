package dev.hallpass.reconcile.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.HallpassApi;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodCensusTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:10:00Z");
  private static final String RUNNING = "{running: {startedAt: \"%s\"}}";

  private final CredentialRequest request = request("orders-db", "orders", "Sidecar");

  @Test
  void podsOfOtherLabelsAndPodsThatEndedDoNotCount() {
    var census =
        census(
            List.of(pod("orders", "orders-db", "{}"), other(), ended(), deleted()),
            List.of(request));

    assertThat(census.selected()).isEqualTo(1);
    assertThat(census.injected()).isEqualTo(1);
    assertThat(census.bare()).isEmpty();
    assertThat(census.strangers()).isEmpty();
  }

  @Test
  void aPodInjectedForAnotherRequestAloneIsBare() {
    var bare = pod("orders", "orders-queue", "{}");

    var census = census(List.of(bare), List.of(request));

    assertThat(census.bare()).containsExactly(bare);
    assertThat(census.injected()).isZero();
  }

  @Test
  void aPodOfAnotherAccountIsAStrangerUnlessAnotherRequestIsMeantForIt() {
    var pod = pod("reports", null, "{}");

    assertThat(census(List.of(pod), List.of(request)).strangers()).containsExactly(pod);
    assertThat(
            census(List.of(pod), List.of(request, request("reports-db", "reports", "Sidecar")))
                .strangers())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                                    | WAITING
          {waiting: {reason: PodInitializing}}                  | WAITING
          {waiting: {reason: ImagePullBackOff}}                 | FAILING
          {waiting: {reason: CrashLoopBackOff}}                 | FAILING
          {terminated: {exitCode: 1}}                           | FAILING
          {running: {startedAt: "2026-01-01T00:09:30Z"}}        | WAITING
          {running: {startedAt: "2026-01-01T00:09:00Z"}}        | FAILING
          """)
  void withoutALeaseTheAgentTellsHowAPodStands(String state, String standing) {
    var census = census(List.of(pod("orders", "orders-db", state)), List.of(request));

    assertThat(census.waiting()).isEqualTo(standing.equals("WAITING") ? 1 : 0);
    assertThat(census.failing()).isEqualTo(standing.equals("FAILING") ? 1 : 0);
  }

  @Test
  void tellsWhenWaitingBecomesFailing() {
    var pod = pod("orders", "orders-db", RUNNING.formatted("2026-01-01T00:09:30Z"));

    assertThat(census(List.of(pod), List.of(request)).nextChange())
        .contains(Instant.parse("2026-01-01T00:10:30Z"));
  }

  @ParameterizedTest
  @CsvSource({"Active, 0", "Pending, 1", "Revoking, 1", "Revoked, 1"})
  void aPodIsServedByAnActiveLease(LeasePhase phase, int failing) {
    var pod = pod("orders", "orders-db", RUNNING.formatted("2026-01-01T00:00:00Z"));

    var census = PodCensus.of(request, List.of(pod), List.of(request), List.of(lease(phase)), NOW);

    assertThat(census.failing()).isEqualTo(failing);
    assertThat(census.waiting()).isZero();
  }

  @Test
  void whatWasFetchedOnceNeedsNoLeaseAnyMore() {
    var once = request("orders-db", "orders", "Init");
    var pod = pod("orders", "orders-db", "{terminated: {exitCode: 0}}");
    pod.getStatus().getInitContainerStatuses().getFirst().setName(HallpassApi.INIT_CONTAINER);

    var census = PodCensus.of(once, List.of(pod), List.of(once), List.of(), NOW);

    assertThat(census.waiting() + census.failing()).isZero();
  }

  private PodCensus census(List<Pod> pods, List<CredentialRequest> requests) {
    return PodCensus.of(request, pods, requests, List.of(), NOW);
  }

  private static CredentialRequest request(String name, String account, String mode) {
    return Serialization.unmarshal(
        """
        metadata: {name: %s, namespace: shop}
        spec:
          workload:
            serviceAccountName: %s
            selector: {matchLabels: {app: orders}}
          owner: team-orders
          purpose: test
          credentials:
          - name: db
            providerRef: {kind: CredentialProvider, name: pg}
            access: reader
            ttl: 15m
            delivery: {mode: %s, files: [{path: db.env, format: Env}]}
        """
            .formatted(name, account, mode),
        CredentialRequest.class);
  }

  private static Pod pod(String account, @Nullable String injectedFor, String agent) {
    return Serialization.unmarshal(
        """
        metadata:
          name: orders-1
          uid: u-1
          labels: {app: orders}
          annotations: {%s}
        spec: {serviceAccountName: %s, containers: [{name: app}]}
        status:
          phase: Pending
          initContainerStatuses: [{name: hallpass-agent, state: %s}]
        """
            .formatted(
                injectedFor == null ? "" : "hallpass.dev/injected: " + injectedFor, account, agent),
        Pod.class);
  }

  private static Pod other() {
    var pod = pod("orders", null, "{}");
    pod.getMetadata().getLabels().put("app", "other");
    return pod;
  }

  private static Pod ended() {
    var pod = pod("orders", null, "{}");
    pod.getStatus().setPhase("Succeeded");
    return pod;
  }

  private static Pod deleted() {
    var pod = pod("orders", null, "{}");
    pod.getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z");
    return pod;
  }

  private static CredentialLease lease(LeasePhase phase) {
    return Serialization.unmarshal(
        """
        spec:
          requestRef: {name: orders-db, uid: r-1}
          credential: db
          pod: {name: orders-1, uid: u-1, serviceAccountName: orders}
        status: {phase: %s}
        """
            .formatted(phase),
        CredentialLease.class);
  }
}
