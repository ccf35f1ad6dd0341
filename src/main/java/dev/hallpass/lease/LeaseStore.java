package dev.hallpass.lease;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus;
import dev.hallpass.api.v1alpha1.HallpassApi;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Leases at the API server. Every write is conditional on what was read, so that of two writers one
 * loses and knows it.
 */
public final class LeaseStore {
  private static final long PAGE = 500;

  private final KubernetesClient client;

  /** Reads and writes through this client. */
  public LeaseStore(KubernetesClient client) {
    this.client = client;
  }

  /** The lease of that name, read from etcd rather than from a cache. */
  public Optional<CredentialLease> get(String namespace, String name) {
    return Optional.ofNullable(
        client.resources(CredentialLease.class).inNamespace(namespace).withName(name).get());
  }

  /** All leases of a pod, ended ones included. */
  public List<CredentialLease> ofPod(String namespace, String podUid) {
    return client
        .resources(CredentialLease.class)
        .inNamespace(namespace)
        .withLabel(HallpassApi.POD_UID_LABEL, podUid)
        .list()
        .getItems();
  }

  /** Creates the lease; empty where one of that name exists. */
  public Optional<CredentialLease> create(CredentialLease lease) {
    return unlessConflict(() -> client.resource(lease).create());
  }

  /**
   * Writes the status over the version that was read; empty where someone else wrote first, or
   * deleted it.
   */
  public Optional<CredentialLease> writeStatus(CredentialLease read, CredentialLeaseStatus status) {
    var next = new CredentialLease();
    next.setMetadata(
        new ObjectMetaBuilder()
            .withName(read.getMetadata().getName())
            .withNamespace(read.getMetadata().getNamespace())
            .withResourceVersion(read.getMetadata().getResourceVersion())
            .build());
    next.setSpec(read.getSpec());
    next.setStatus(status);
    try {
      return unlessConflict(
          () ->
              client
                  .resource(next)
                  .lockResourceVersion(read.getMetadata().getResourceVersion())
                  .updateStatus());
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Deletes the version that was read; a lease that changed since, or is gone, is left alone. */
  public void delete(CredentialLease read) {
    unlessConflict(
        () -> {
          client
              .resource(read)
              .lockResourceVersion(read.getMetadata().getResourceVersion())
              .delete();
          return read;
        });
  }

  /**
   * Every lease there is, as etcd has it at the time of the call, one by one: they are read in
   * pages, so that not all are in memory together.
   */
  public void forEach(Consumer<? super CredentialLease> visitor) {
    var options = new ListOptionsBuilder().withLimit(PAGE).build();
    do {
      var page = client.resources(CredentialLease.class).inAnyNamespace().list(options);
      page.getItems().forEach(visitor);
      options.setContinue(page.getMetadata().getContinue());
    } while (options.getContinue() != null && !options.getContinue().isEmpty());
  }

  private static Optional<CredentialLease> unlessConflict(
      java.util.function.Supplier<CredentialLease> write) {
    try {
      return Optional.of(write.get());
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
