package dev.hallpass.e2e;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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
        java.util.List.of(pod.getSpec().getInitContainers(), pod.getSpec().getContainers())) {
      for (var container : containers) {
        var file = folder.resolve("%s-%s.log".formatted(name, container.getName()));
        Files.writeString(file, log(pod, container.getName()));
      }
    }
  }

  private String log(Pod pod, String container) {
    try {
      return client.pods().resource(pod).inContainer(container).getLog();
    } catch (KubernetesClientException e) {
      return "no log: " + e.getMessage();
    }
  }
}
