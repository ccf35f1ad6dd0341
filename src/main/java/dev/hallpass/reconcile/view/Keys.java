package dev.hallpass.reconcile.view;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.api.v1alpha1.ProviderRef;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.stream.Stream;

/** What leases are indexed by. */
public final class Keys {
  private Keys() {}

  /** The request that a lease answers. */
  public static String request(CredentialLease lease) {
    return request(lease.getMetadata().getNamespace(), lease.getSpec().requestRef().name());
  }

  /** The request of that name. */
  public static String request(String namespace, String name) {
    return namespace + "/" + name;
  }

  /** The service account that a lease's pod runs as. */
  public static String serviceAccount(CredentialLease lease) {
    return serviceAccount(
        lease.getMetadata().getNamespace(), lease.getSpec().pod().serviceAccountName());
  }

  /** The service account of that name. */
  public static String serviceAccount(String namespace, String name) {
    return namespace + "/" + name;
  }

  /** The lease whose place a lease takes. */
  static Stream<String> replaced(CredentialLease lease) {
    return Stream.ofNullable(lease.getSpec().replaces())
        .map(older -> Cache.namespaceKeyFunc(lease.getMetadata().getNamespace(), older.lease()));
  }

  /** The break-glass that a lease names. */
  public static Stream<String> breakGlass(CredentialLease lease) {
    return Stream.ofNullable(lease.getSpec().breakGlass())
        .map(named -> Cache.namespaceKeyFunc(lease.getMetadata().getNamespace(), named.name()));
  }

  /** The break-glass itself. */
  public static String breakGlass(BreakGlass breakGlass) {
    return Cache.metaNamespaceKeyFunc(breakGlass);
  }

  /** The provider of a lease. */
  public static String provider(CredentialLease lease) {
    return provider(lease.getSpec().providerRef(), lease.getMetadata().getNamespace());
  }

  /** The provider that is meant in this namespace. */
  public static String provider(ProviderRef ref, String namespace) {
    return switch (ref.kind()) {
      case CredentialProvider -> ref.kind() + "/" + namespace + "/" + ref.name();
      case ClusterCredentialProvider -> ref.kind() + "/" + ref.name();
    };
  }

  /** This provider. */
  public static String provider(
      CustomResource<CredentialProviderSpec, CredentialProviderStatus> provider) {
    var meta = provider.getMetadata();
    var ref = new ProviderRef(ProviderRef.Kind.valueOf(provider.getKind()), meta.getName());
    return meta.getNamespace() == null ? provider(ref, "") : provider(ref, meta.getNamespace());
  }
}
