package dev.hallpass.bench;

import dev.hallpass.e2e.Scene;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;

/**
 * Where pods are made: the same pods with injection, in the scene's namespace, and without, in one
 * that the webhook is not asked about.
 *
 * @param client the cluster's administrator
 * @param namespace where
 */
record Workload(KubernetesClient client, String namespace) {
  /** The pods here are injected. */
  static Workload injected(Scene scene) {
    return new Workload(scene.client(), scene.namespace());
  }

  /** The pods here are left alone. Whoever asks for it deletes its namespace. */
  static Workload plain(Scene scene) {
    var name = scene.namespace() + "-plain";
    var client = scene.client();
    client
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                .endMetadata()
                .build())
        .create();
    client
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withName("orders")
                .withNamespace(name)
                .endMetadata()
                .build())
        .create();
    return new Workload(client, name);
  }

  void close() {
    client.namespaces().withName(namespace).delete();
  }

  /**
   * The same pod behind a native sidecar of somebody else's, which does nothing and is ready at
   * once: what kubelet alone takes to start one container after another.
   */
  Pod podBehindIdleSidecar() {
    var pod = pod();
    return new PodBuilder(pod)
        .editSpec()
        .addNewInitContainerLike(pod.getSpec().getContainers().getFirst())
        .withName("idle")
        .withRestartPolicy("Always")
        .withNewStartupProbe()
        .withNewExec()
        .withCommand("true")
        .endExec()
        .withPeriodSeconds(1)
        .withFailureThreshold(60)
        .endStartupProbe()
        .endInitContainer()
        .endSpec()
        .build();
  }

  /** A pod that sleeps. It is not made yet. */
  Pod pod() {
    return new PodBuilder()
        .withNewMetadata()
        .withGenerateName("bench-")
        .withNamespace(namespace)
        .addToLabels("credentials", "orders")
        .endMetadata()
        .withNewSpec()
        .withServiceAccountName("orders")
        .withTerminationGracePeriodSeconds(1L)
        .withNewSecurityContext()
        .withRunAsNonRoot(true)
        .withRunAsUser(1000L)
        .withNewSeccompProfile()
        .withType("RuntimeDefault")
        .endSeccompProfile()
        .endSecurityContext()
        .addNewContainer()
        .withName("app")
        .withImage("docker.io/hallpass/demo-app:dev")
        .withImagePullPolicy("IfNotPresent")
        .withCommand("sleep", "3600")
        .withNewSecurityContext()
        .withAllowPrivilegeEscalation(false)
        .withNewCapabilities()
        .withDrop("ALL")
        .endCapabilities()
        .endSecurityContext()
        .endContainer()
        .endSpec()
        .build();
  }
}
