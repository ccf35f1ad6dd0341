package dev.hallpass.e2e;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Hallpass itself, as it runs in the cluster. */
record Installed(KubernetesClient client) {
  static final String BROKER = "hallpass-broker";
  static final String CONTROLLER = "hallpass-controller";

  RollableScalableResource<Deployment> deployment(String name) {
    return client.apps().deployments().inNamespace(Scene.SYSTEM_NAMESPACE).withName(name);
  }

  /** Its pods, but those that go. */
  List<Pod> pods() {
    return client
        .pods()
        .inNamespace(Scene.SYSTEM_NAMESPACE)
        .withLabel("app.kubernetes.io/name", "hallpass")
        .list()
        .getItems()
        .stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .toList();
  }

  /** The pods of the broker, but those that go. */
  List<Pod> brokers() {
    return pods().stream()
        .filter(
            pod ->
                "broker".equals(pod.getMetadata().getLabels().get("app.kubernetes.io/component")))
        .toList();
  }

  /** Waits until others run in the place of a broker. */
  void awaitReplaced(String broker) {
    var wanted = deployment(BROKER).get().getSpec().getReplicas();
    await("another broker in the place of " + broker)
        .atMost(Duration.ofMinutes(2))
        .until(
            () ->
                brokers().stream()
                        .filter(pod -> !pod.getMetadata().getName().equals(broker))
                        .filter(Scene::isReady)
                        .count()
                    == wanted);
  }

  /** Other processes take the place of all that run. */
  void restart() {
    deployment(BROKER).rolling().restart();
    deployment(CONTROLLER).rolling().restart();
    awaitRolledOut();
  }

  /** Installs it anew with these values of the chart in place of its defaults. */
  void with(String values) {
    Host.run("hack/install", "--test-images", "--set", values);
    awaitRolledOut();
  }

  /** Installs it anew, as every other test has it. */
  void asUsual() {
    Host.run("hack/install", "--test-images");
    awaitRolledOut();
  }

  /**
   * Runs Helm in its namespace.
   *
   * @return what it printed
   * @throws IllegalStateException where it fails, with all that it printed
   */
  String helm(String... arguments) {
    var bin = Path.of(Host.run("hack/cluster", "bin").strip(), "helm").toString();
    var command =
        new ArrayList<>(
            List.of(
                "sh",
                "-c",
                "exec \"$@\" 2>&1",
                "helm",
                bin,
                "--namespace",
                Scene.SYSTEM_NAMESPACE));
    command.addAll(List.of("--kubeconfig", Host.run("hack/cluster", "kubeconfig").strip()));
    command.addAll(List.of(arguments));
    return Host.run(command.toArray(String[]::new));
  }

  /** Waits until as many run as should, all as they should be, and no others. */
  void awaitRolledOut() {
    List.of(BROKER, CONTROLLER).forEach(this::awaitRolledOut);
  }

  /** The same of one of them; asks the API server itself, so that no older state counts. */
  void awaitRolledOut(String name) {
    await(name + " is rolled out")
        .atMost(Duration.ofMinutes(3))
        .until(() -> rolledOut(deployment(name).get()));
  }

  private static boolean rolledOut(Deployment deployment) {
    var status = deployment.getStatus();
    var wanted = deployment.getSpec().getReplicas();
    return deployment.getMetadata().getGeneration().equals(status.getObservedGeneration())
        && wanted.equals(status.getUpdatedReplicas())
        && wanted.equals(status.getAvailableReplicas())
        && wanted.equals(status.getReplicas());
  }
}
