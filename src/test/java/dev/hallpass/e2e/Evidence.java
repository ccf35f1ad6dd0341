package dev.hallpass.e2e;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Loggable;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What one wants to see of a failed test: objects, Events and logs, as files. */
record Evidence(KubernetesClient client, Path folder) {

  void collect(String namespace) throws IOException {
    Files.createDirectories(folder);
    write("pods.yaml", client.pods().inNamespace(namespace).list());
    write("events.yaml", client.v1().events().inNamespace(namespace).list());
    write("leases.yaml", client.resources(CredentialLease.class).inNamespace(namespace).list());
    write("requests.yaml", client.resources(CredentialRequest.class).inNamespace(namespace).list());
    write(
        "providers.yaml", client.resources(CredentialProvider.class).inNamespace(namespace).list());
    write("system-events.yaml", client.v1().events().inNamespace(Scene.SYSTEM_NAMESPACE).list());
    for (var watched : new String[] {namespace, Scene.SYSTEM_NAMESPACE}) {
      for (var pod : client.pods().inNamespace(watched).list().getItems()) {
        logs(pod);
      }
    }
  }

  private void write(String name, Object object) throws IOException {
    Files.writeString(folder.resolve(name), Serialization.asYaml(object));
  }

  private void logs(Pod pod) throws IOException {
    var name = pod.getMetadata().getName();
    for (var containers :
        List.of(pod.getSpec().getInitContainers(), pod.getSpec().getContainers())) {
      for (var container : containers) {
        var file = "%s-%s".formatted(name, container.getName());
        Files.writeString(
            folder.resolve(file + ".log"), log(of(pod).inContainer(container.getName())));
        if (restarted(pod, container.getName())) {
          Files.writeString(
              folder.resolve(file + "-before.log"),
              log(of(pod).inContainer(container.getName()).terminated()));
        }
      }
    }
  }

  private PodResource of(Pod pod) {
    return client.pods().resource(pod);
  }

  private static boolean restarted(Pod pod, String container) {
    var status = pod.getStatus();
    return Stream.of(status.getInitContainerStatuses(), status.getContainerStatuses())
        .flatMap(List::stream)
        .anyMatch(s -> s.getName().equals(container) && s.getRestartCount() > 0);
  }

  private static String log(Loggable container) {
    try {
      return container.getLog();
    } catch (KubernetesClientException e) {
      return "no log: " + e.getMessage();
    }
  }
}
