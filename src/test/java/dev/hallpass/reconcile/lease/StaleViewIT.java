package dev.hallpass.reconcile.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.kube.LiveCatalog;
import dev.hallpass.lease.LeaseFacts;
import dev.hallpass.lease.LeaseFacts.NamespaceFacts;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.lease.LeaseTimes;
import dev.hallpass.lease.Verdict;
import dev.hallpass.policy.PolicyDecider;
import dev.hallpass.policy.PolicyDecider.Unmatched;
import dev.hallpass.reconcile.view.ClusterView;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Watches that lag decide nothing: what a real API server has does. */
@ExtendWith(KubeApi.class)
class StaleViewIT {
  private static final Duration LONGEST = Duration.ofHours(4);
  private static final LeaseTimes TIMES =
      new LeaseTimes(Duration.ofSeconds(30), Duration.ofSeconds(40), Duration.ofHours(1));

  private KubernetesClient client;
  private String namespace;
  private ClusterView blind;
  private LiveCatalog live;
  private Pod pod;
  private CredentialRequest request;
  private CredentialLease lease;

  @BeforeEach
  void setUp(KubeApi api) {
    client = api.client();
    namespace = api.namespace();
    // Never started: it has seen nothing.
    blind = new ClusterView(client, namespace);
    live = new LiveCatalog(client, namespace);
    make(
        ServiceAccount.class,
        """
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: orders}
        """);
    pod =
        make(
            Pod.class,
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: orders-1, labels: {app: orders}}
            spec:
              serviceAccountName: orders
              automountServiceAccountToken: false
              containers: [{name: app, image: app}]
            """);
    make(
        CredentialProvider.class,
        """
        apiVersion: hallpass.dev/v1alpha1
        kind: CredentialProvider
        metadata: {name: orders-postgres}
        spec:
          postgresql: {host: 127.0.0.1, database: postgres, tls: {mode: Disable}, adminSecretRef: {name: admin}}
          access: [{name: reader, maxTtl: 1h, maxLifetime: 24h, postgresql: {roles: [orders_reader]}}]
        """);
    request =
        make(
            CredentialRequest.class,
            """
            apiVersion: hallpass.dev/v1alpha1
            kind: CredentialRequest
            metadata: {name: orders-db}
            spec:
              workload: {serviceAccountName: orders, selector: {matchLabels: {app: orders}}}
              owner: team-orders
              purpose: read orders
              credentials:
              - name: db
                providerRef: {kind: CredentialProvider, name: orders-postgres}
                access: reader
                ttl: 15m
                delivery: {mode: Init, files: [{path: db.env, format: Env}]}
            """);
    lease = lease();
  }

  private <T extends HasMetadata> T make(Class<T> kind, String yaml) {
    var object = Serialization.unmarshal(yaml, kind);
    object.getMetadata().setNamespace(namespace);
    return client.resource(object).create();
  }

  private CredentialLease lease() {
    var now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    return Serialization.unmarshal(
        """
        apiVersion: hallpass.dev/v1alpha1
        kind: CredentialLease
        metadata: {name: orders-1-db, namespace: %s, uid: l, creationTimestamp: "%s"}
        spec:
          requestRef: {name: orders-db, uid: %s}
          credential: db
          pod: {name: orders-1, uid: %s, serviceAccountName: orders}
          providerRef: {kind: CredentialProvider, name: orders-postgres}
          access: reader
          ttl: 15m
          maxLifetime: 24h
          mode: Init
        status: {phase: Active, epoch: 1, expiresAt: "%s"}
        """
            .formatted(
                namespace,
                now,
                request.getMetadata().getUid(),
                pod.getMetadata().getUid(),
                now.plusSeconds(900)),
        CredentialLease.class);
  }

  private LeaseFacts facts(Instant serviceAccountSince, NamespaceFacts around) {
    return new LeaseFacts(
        lease,
        pod,
        null,
        serviceAccountSince,
        request,
        live.provider(lease.getSpec().providerRef(), namespace).orElseThrow().getSpec(),
        null,
        null,
        around,
        Instant.now());
  }

  /** As the watches of a namespace and its accounts show it while it is made anew. */
  @Test
  void aNamespaceThatOnlyTheWatchesSeeEndEndsNoPod() {
    var seen = facts(null, new NamespaceFacts(Map.of(), true));
    var judge = new LeaseJudge(TIMES);
    var reader = new FactsReader(blind, client, live, LONGEST, Clock.systemUTC());
    assertThat(judge.judge(seen))
        .isInstanceOfSatisfying(
            Verdict.End.class, end -> assertThat(end.by()).isEqualTo(EndedBy.PodDeleted));

    var confirmed = reader.confirmed(seen, EndedBy.PodDeleted);

    assertThat(confirmed.serviceAccountSince()).isNotNull();
    assertThat(confirmed.namespace().terminating()).isFalse();
    assertThat(judge.judge(confirmed)).isInstanceOf(Verdict.Keep.class);
  }

  @Test
  void aProviderThatRefusesLiveIsNoSilence() {
    var seen = facts(Instant.now(), new NamespaceFacts(Map.of(), false));
    assertThat(said(seen)).isInstanceOf(Heard.Judged.class);

    client
        .resources(CredentialProvider.class)
        .inNamespace(namespace)
        .withName("orders-postgres")
        .edit(
            p ->
                Serialization.unmarshal(
                    Serialization.asYaml(p).replace("name: \"reader\"", "name: \"other\""),
                    CredentialProvider.class));

    assertThat(said(seen)).isInstanceOf(Heard.Refused.class);
  }

  @Test
  void whatIsGoneIsNoSilence() {
    var seen = facts(Instant.now(), new NamespaceFacts(Map.of(), false));
    client.resources(CredentialProvider.class).inNamespace(namespace).delete();
    assertThat(said(seen))
        .isEqualTo(new Heard.Refused(Reason.ProviderNotFound, "the provider is gone"));

    client.resources(CredentialRequest.class).inNamespace(namespace).delete();
    assertThat(said(seen))
        .isEqualTo(
            new Heard.Refused(
                Reason.RequestNotFound, "the request is gone, or does not ask for it any more"));

    client.resource(pod).withGracePeriod(0).delete();
    assertThat(said(seen)).isEqualTo(new Heard.Refused(Reason.PodGone, "the pod is gone"));
  }

  @Test
  void whereNobodyDecidesNobodyIsAsked() {
    var hearing = new Hearing(blind, live, client, new PolicyDecider(Unmatched.Allow), LONGEST);

    assertThat(
            hearing.review(
                facts(Instant.now(), new NamespaceFacts(Map.of(), false)), Instant.now()))
        .isEqualTo(new Heard.Unneeded());
  }

  private Heard said(LeaseFacts facts) {
    return new Hearing(blind, live, client, new PolicyDecider(Unmatched.Deny), LONGEST)
        .review(facts, facts.now());
  }
}
