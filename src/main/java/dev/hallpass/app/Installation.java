package dev.hallpass.app;

import io.fabric8.kubernetes.client.KubernetesClient;

/**
 * Tells this Hallpass from others at the same target.
 *
 * @param id eight hex digits
 */
record Installation(String id) {

  Installation {
    if (!id.matches("[0-9a-f]{8}")) {
      throw new IllegalArgumentException(
          "hallpass.installation must be eight hex digits, not \"" + id + "\"");
    }
  }

  /** The UID of kube-system is what stands for a cluster's identity. */
  static Installation ofCluster(KubernetesClient client) {
    var uid = client.namespaces().withName("kube-system").get().getMetadata().getUid();
    return new Installation(uid.substring(0, 8));
  }
}
