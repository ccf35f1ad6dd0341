package dev.hallpass.cli;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Resource;

/** One namespace, or all of them. */
sealed interface Scope {

  /** One. */
  record One(String namespace) implements Scope {
    @Override
    public String toString() {
      return "namespace " + namespace;
    }
  }

  /** All. */
  record All() implements Scope {
    @Override
    public String toString() {
      return "all namespaces";
    }
  }

  /** The objects of that kind in it. */
  default <T extends HasMetadata>
      FilterWatchListDeletable<T, KubernetesResourceList<T>, Resource<T>> in(
          KubernetesClient client, Class<T> kind) {
    return switch (this) {
      case One(var namespace) -> client.resources(kind).inNamespace(namespace);
      case All() -> client.resources(kind).inAnyNamespace();
    };
  }
}
