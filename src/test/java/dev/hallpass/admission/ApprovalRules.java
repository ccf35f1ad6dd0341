package dev.hallpass.admission;

import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Set;

/**
 * The chart's webhook and admission policies about requests and approvals, for tests elsewhere.
 * Everybody may do everything in the test's namespace; ann alone has the verb {@code approve} on
 * the policy.
 */
public final class ApprovalRules implements AutoCloseable {
  private static final Duration SOON = Duration.ofSeconds(60);

  private final KubeApi kube;
  private final StampScene scene;

  private ApprovalRules(KubeApi kube, StampScene scene) {
    this.kube = kube;
    this.scene = scene;
  }

  /** Installs them, and waits until the API server has heard of the webhook. */
  public static ApprovalRules install(KubeApi kube) throws IOException, GeneralSecurityException {
    var rules = new ApprovalRules(kube, StampScene.start(kube));
    rules.scene.installRules(Set.of("hallpass-approvals", "hallpass-requests")::contains);
    rules.scene.installWebhook("stamps.hallpass.dev");
    rules.scene.letInTheCluster(
        new ClusterRoleBuilder()
            .withNewMetadata()
            .withName("asks")
            .endMetadata()
            .addNewRule()
            .withApiGroups("hallpass.dev")
            .withResources("credentialpolicies")
            .withResourceNames(rules.policy())
            .withVerbs("approve")
            .endRule()
            .build(),
        "ann");
    var carol = rules.as("carol");
    await().atMost(SOON).until(() -> rules.stamps(carol));
    return rules;
  }

  /** The name of the policy that ann may approve for; it need not be there. */
  public String policy() {
    return "asks-" + kube.namespace();
  }

  /** As somebody who owns the namespace; closed with the rules. */
  public KubernetesClient as(String user) {
    return scene.as(user);
  }

  private boolean stamps(KubernetesClient carol) {
    var probe =
        Serialization.unmarshal(
            """
            metadata: {name: probe, namespace: %s}
            spec:
              workload: {serviceAccountName: orders, selector: {matchLabels: {app: orders}}}
              owner: team-orders
              purpose: whether the webhook is there already
              credentials:
              - name: db
                providerRef: {kind: CredentialProvider, name: pg}
                access: reader
                ttl: 15m
                delivery: {mode: Sidecar, files: [{path: db.env, format: Env}]}
            """
                .formatted(kube.namespace()),
            CredentialRequest.class);
    try {
      var annotations = carol.resource(probe).dryRun().create().getMetadata().getAnnotations();
      return annotations != null && annotations.containsKey(HallpassApi.CREATED_BY_ANNOTATION);
    } catch (KubernetesClientException e) {
      return false;
    }
  }

  @Override
  public void close() {
    scene.close();
  }
}
