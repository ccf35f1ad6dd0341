package dev.hallpass.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.testing.KubeApi;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Somebody has taken the controller over, and would lift a freeze that holds policies to no. */
@ExtendWith(KubeApi.class)
class ConfigMapRulesIT {
  private static final Map<String, String> PARAMS = Map.of(HallpassApi.PARAMS_LABEL, "true");

  private KubeApi kube;
  private StampScene scene;
  private KubernetesClient controller;

  @BeforeEach
  void install(KubeApi api) throws IOException, GeneralSecurityException {
    kube = api;
    scene = StampScene.start(kube);
    controller =
        scene.as("system:serviceaccount:%s:hallpass-controller".formatted(kube.namespace()));
    scene.installRules("hallpass-configmaps"::equals);
    kube.client().resource(map("hallpass-freeze", PARAMS, "frozen")).create();
    await("the rule is known")
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThatThrownBy(
                        () -> controller.resource(map("other", Map.of(), "")).dryRun().create())
                    .hasMessageContaining("metadata.name: of the ConfigMaps here"));
  }

  @AfterEach
  void remove() {
    scene.close();
  }

  @Test
  void theControllerChangesNoParameters() {
    var thawed = map("hallpass-freeze", PARAMS, "thawed");
    var unlabelled = map("hallpass-freeze", Map.of(), "frozen");
    var added = map("hallpass-crl-1", PARAMS, "thawed");

    assertThatThrownBy(() -> controller.resource(thawed).update())
        .hasMessageContaining("metadata.labels[hallpass.dev/params]");
    assertThatThrownBy(() -> controller.resource(unlabelled).update())
        .hasMessageContaining("metadata.labels[hallpass.dev/params]");
    assertThatThrownBy(() -> controller.resource(added).create())
        .hasMessageContaining("metadata.labels[hallpass.dev/params]");
  }

  @Test
  void theControllerPublishesItsLists() {
    controller.resource(map("hallpass-crl-1", Map.of(), "one")).create();

    var published = controller.resource(map("hallpass-crl-1", Map.of(), "two")).update();

    assertThat(published.getData()).containsEntry("state", "two");
  }

  @Test
  void peopleChangeParameters() {
    var thawed = kube.client().resource(map("hallpass-freeze", PARAMS, "thawed")).update();

    assertThat(thawed.getData()).containsEntry("state", "thawed");
  }

  private ConfigMap map(String name, Map<String, String> labels, String state) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(kube.namespace())
        .withLabels(labels)
        .endMetadata()
        .addToData("state", state)
        .build();
  }
}
