package dev.hallpass.cli;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.ClusterCredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The objects of a file, each a document. */
record Objects(List<HasMetadata> all) {
  static final Instant NOW = Instant.parse("2026-11-23T09:00:00Z");

  static Objects of(String file) {
    var serialization = new KubernetesSerialization();
    for (var kind :
        List.of(
            BreakGlass.class,
            CredentialRequest.class,
            CredentialLease.class,
            CredentialProvider.class,
            ClusterCredentialProvider.class)) {
      serialization.registerKubernetesResource(kind);
    }
    return new Objects(
        Arrays.stream(Golden.input(file).split("(?m)^---$"))
            .map(d -> (HasMetadata) serialization.unmarshal(d))
            .toList());
  }

  <T> List<T> of(Class<T> kind) {
    return all.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  List<Pod> pods() {
    return of(Pod.class);
  }

  Snapshot snapshot(Namespaces scope) {
    return new Snapshot(
        scope,
        NOW,
        of(CredentialRequest.class),
        of(CredentialLease.class),
        new Reading<>(of(CredentialProvider.class), Optional.empty()),
        new Reading<>(of(ClusterCredentialProvider.class), Optional.empty()),
        new Reading<>(of(BreakGlass.class), Optional.empty()));
  }
}
