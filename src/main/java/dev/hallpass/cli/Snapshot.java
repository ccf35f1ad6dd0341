package dev.hallpass.cli;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.ClusterCredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import java.time.Instant;
import java.util.List;

/** What there is of Hallpass in a scope, as one user may see it. */
record Snapshot(
    Namespaces scope,
    Instant at,
    List<CredentialRequest> requests,
    List<CredentialLease> leases,
    Reading<CredentialProvider> providers,
    Reading<ClusterCredentialProvider> clusterProviders,
    Reading<BreakGlass> breakGlasses) {

  /** Whether there is nothing of the scope's own. */
  boolean isEmpty() {
    return requests.isEmpty()
        && leases.isEmpty()
        && providers.items().isEmpty()
        && breakGlasses.items().isEmpty();
  }

  /** Reads all of it at once. Throws what the client throws; providers may be out of sight. */
  static Snapshot read(Cluster cluster, Namespaces scope, Instant now) {
    var client = cluster.client();
    try (var reads = new Reads()) {
      var requests = reads.start(() -> scope.in(client, CredentialRequest.class).list().getItems());
      var leases = reads.start(() -> scope.in(client, CredentialLease.class).list().getItems());
      var providers =
          reads.start(
              () -> Reading.of(() -> scope.in(client, CredentialProvider.class).list().getItems()));
      var clusterProviders =
          reads.start(
              () ->
                  Reading.of(
                      () -> client.resources(ClusterCredentialProvider.class).list().getItems()));
      var glasses =
          reads.start(() -> Reading.of(() -> scope.in(client, BreakGlass.class).list().getItems()));
      return new Snapshot(
          scope,
          now,
          requests.get(),
          leases.get(),
          providers.get(),
          clusterProviders.get(),
          glasses.get());
    }
  }
}
