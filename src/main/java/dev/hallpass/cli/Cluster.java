package dev.hallpass.cli;

import io.fabric8.kubernetes.client.KubernetesClient;

/**
 * A cluster, with the rights of whoever runs the plugin.
 *
 * @param namespace the one that commands are about where they name no other
 */
record Cluster(KubernetesClient client, String namespace) {

  /** How a cluster is reached. */
  @FunctionalInterface
  interface Connector {
    Cluster connect(ClusterOptions options);
  }
}
