package dev.hallpass.cli;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Resource;

/** One namespace, or all of them. */
sealed interface Namespaces {

  /** One. */
  record One(String namespace) implements Namespaces {
    @Override
    public String toString() {
      return "namespace " + namespace;
    }
  }

  /** All. */
  record All() implements Namespaces {
    @Override
    public String toString() {
      return "all namespaces";
    }
  }

  /**
   * For where nothing is in it: that may be because there is no such namespace. Whoever may not
   * know is not told.
   *
   * @throws Failure where there is none
   */
  default void mustExist(KubernetesClient client) {
    switch (this) {
      case All() -> {}
      case One(var namespace) -> {
        if (Reading.one(() -> client.namespaces().withName(namespace).get()).absent()) {
          throw new Failure(ExitCode.ABSENT, "there is no namespace " + namespace);
        }
      }
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
