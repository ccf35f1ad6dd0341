package dev.hallpass.admission;

import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;

/**
 * The chart's webhook, admission policy and roles about break-glasses, for tests elsewhere whose
 * namespace has a request {@code orders-db} with a credential {@code db}. Everybody may do
 * everything in the namespace; in the cluster ada may break-glass and review, grace may review, and
 * others nothing. One lasts an hour at most, and one without a review keeps the next from opening.
 */
public final class BreakGlassRules implements AutoCloseable {
  private static final Duration SOON = Duration.ofSeconds(60);

  private final KubeApi kube;
  private final StampScene scene;

  private BreakGlassRules(KubeApi kube, StampScene scene) {
    this.kube = kube;
    this.scene = scene;
  }

  /** Installs them, and waits until the API server has heard of them. */
  public static BreakGlassRules install(KubeApi kube) throws IOException, GeneralSecurityException {
    var rules = new BreakGlassRules(kube, StampScene.start(kube));
    rules.scene.installBreakGlass();
    var ada = rules.as("ada");
    await().atMost(SOON).until(() -> rules.works(ada));
    return rules;
  }

  /** As somebody who owns the namespace; closed with the rules. */
  public KubernetesClient as(String user) {
    return scene.as(user);
  }

  private boolean works(KubernetesClient ada) {
    var probe =
        Serialization.unmarshal(
            """
            metadata: {name: probe, namespace: %s}
            spec:
              requestRef: {name: orders-db}
              credential: db
              justification: whether the rules are there already
              incident: none
              duration: 1m
            """
                .formatted(kube.namespace()),
            BreakGlass.class);
    try {
      ada.resource(probe).dryRun().create();
      return true;
    } catch (KubernetesClientException e) {
      return false;
    }
  }

  /** Removes them, and the break-glasses with them. */
  @Override
  public void close() {
    scene.close();
    for (var left :
        kube.client().resources(BreakGlass.class).inNamespace(kube.namespace()).list().getItems()) {
      await()
          .atMost(SOON)
          .ignoreExceptions()
          .until(
              () -> {
                kube.client()
                    .resource(left)
                    .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"finalizers\":null}}");
                return true;
              });
      kube.client().resource(left).delete();
    }
  }
}
