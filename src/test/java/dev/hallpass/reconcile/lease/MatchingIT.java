package dev.hallpass.reconcile.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.kube.ParamObject;
import dev.hallpass.reconcile.view.ClusterView;
import dev.hallpass.testing.KubeApi;
import dev.hallpass.testing.NamespacePolicies;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whom a policy, and what it reads, wakes: not the whole cluster. */
@ExtendWith(KubeApi.class)
class MatchingIT {
  private static final String GROUP = "change.example.com/v1";

  private String namespace;
  private NamespacePolicies here;
  private NamespacePolicies elsewhere;
  private ClusterView view;
  private CredentialPolicy aboutIt;
  private CredentialPolicy aboutOthers;
  private Pod pod;

  @BeforeEach
  void setUp(KubeApi api) {
    var client = api.client();
    namespace = api.namespace();
    here = new NamespacePolicies(client, namespace);
    elsewhere = new NamespacePolicies(client, "elsewhere-" + namespace);
    aboutIt = here.apply("map", map("ours"));
    here.apply("object", object("ours"));
    aboutOthers = elsewhere.apply("map", map("theirs"));
    elsewhere.apply("object", object("theirs"));
    pod = pod(client);
    view = new ClusterView(client, namespace);
    view.start(Duration.ofSeconds(20));
  }

  @AfterEach
  void tearDown() {
    view.close();
    here.close();
    elsewhere.close();
  }

  @Test
  void aLeaseHeedsWhatPoliciesAboutItRead() {
    var matching = new Matching(view);
    var lease = lease(pod.getMetadata().getUid());

    assertThat(names(matching.policies(lease)))
        .contains(aboutIt.getMetadata().getName())
        .doesNotContain(aboutOthers.getMetadata().getName());
    assertThat(matching.heeding(configMap("ours"))).accepts(lease);
    assertThat(matching.heeding(configMap("theirs"))).rejects(lease);
    assertThat(matching.heeding(configMap("nobodys"))).rejects(lease);
    assertThat(matching.heeding(window("ours"))).accepts(lease);
    assertThat(matching.heeding(window("theirs"))).rejects(lease);
  }

  /** Of a pod that was not seen, no policy can be ruled out. */
  @Test
  void whatWasNotSeenMayBeWhatAnyPolicyIsAbout() {
    assertThat(names(new Matching(view).policies(lease("another"))))
        .contains(aboutOthers.getMetadata().getName());
  }

  private static List<String> names(List<CredentialPolicy> policies) {
    return policies.stream().map(p -> p.getMetadata().getName()).toList();
  }

  private static String map(String name) {
    return """
        params: {configMap: %s}
        validations: [{expression: "params.open == 'yes'"}]
        """
        .formatted(name);
  }

  private static String object(String name) {
    return """
        params: {paramKind: {apiVersion: %s, kind: Window}, paramRef: {name: %s}}
        validations: [{expression: bool(params.spec.open)}]
        """
        .formatted(GROUP, name);
  }

  private static ConfigMap configMap(String name) {
    return new ConfigMapBuilder().withNewMetadata().withName(name).endMetadata().build();
  }

  private static ParamObject window(String name) {
    return new ParamObject(GROUP, "Window", null, name);
  }

  private Pod pod(KubernetesClient client) {
    client
        .resource(
            """
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: orders, namespace: %s}
            """
                .formatted(namespace))
        .create();
    return client
        .resource(
            Serialization.unmarshal(
                """
                apiVersion: v1
                kind: Pod
                metadata: {name: orders-1, namespace: %s}
                spec:
                  serviceAccountName: orders
                  automountServiceAccountToken: false
                  containers: [{name: app, image: app}]
                """
                    .formatted(namespace),
                Pod.class))
        .create();
  }

  private CredentialLease lease(String podUid) {
    return Serialization.unmarshal(
        """
        apiVersion: hallpass.dev/v1alpha1
        kind: CredentialLease
        metadata: {name: orders-1-db, namespace: %s, uid: l}
        spec:
          requestRef: {name: orders-db, uid: r}
          credential: db
          pod: {name: orders-1, uid: %s, serviceAccountName: orders}
          providerRef: {kind: CredentialProvider, name: orders-postgres}
          access: reader
          ttl: 15m
          maxLifetime: 24h
          mode: Sidecar
        """
            .formatted(namespace, podUid),
        CredentialLease.class);
  }
}
