package dev.hallpass.kube;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.ClusterCredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialApproval;
import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.ProviderRef;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * What was last seen of the API server, at no cost to it. Needs {@code list} and {@code watch} on
 * CredentialRequests, CredentialProviders, ClusterCredentialProviders, CredentialPolicies,
 * BreakGlasses, CredentialApprovals and Namespaces in the whole cluster, on ConfigMaps in
 * Hallpass's namespace, and on what policies take parameters from.
 */
public final class WatchedCatalog implements Catalog, AutoCloseable {
  /** What is watched is never listed again for its own sake: a watch that breaks lists anew. */
  private static final long NO_RESYNC = 0;

  private final SharedIndexInformer<CredentialRequest> requests;
  private final SharedIndexInformer<CredentialProvider> providers;
  private final SharedIndexInformer<ClusterCredentialProvider> clusterProviders;
  private final SharedIndexInformer<Namespace> namespaces;
  private final SharedIndexInformer<CredentialPolicy> policies;
  private final SharedIndexInformer<CredentialApproval> approvals;
  private final SharedIndexInformer<ConfigMap> params;
  private final WatchedParams objects;
  private final SharedIndexInformer<BreakGlass> breakGlasses;

  private WatchedCatalog(KubernetesClient client, String systemNamespace) {
    this.requests = informer(client.resources(CredentialRequest.class).inAnyNamespace(), Trim::own);
    this.providers =
        informer(client.resources(CredentialProvider.class).inAnyNamespace(), Trim::own);
    this.clusterProviders = informer(client.resources(ClusterCredentialProvider.class), Trim::own);
    this.namespaces = informer(client.namespaces(), Trim::namespace);
    this.policies = informer(client.resources(CredentialPolicy.class), Trim::own);
    this.breakGlasses = informer(client.resources(BreakGlass.class).inAnyNamespace(), Trim::own);
    this.approvals =
        informer(client.resources(CredentialApproval.class).inAnyNamespace(), Trim::own);
    this.params = informer(Params.in(client, systemNamespace), Trim::own);
    this.objects = WatchedParams.of(client, policies);
  }

  private static <T extends HasMetadata> SharedIndexInformer<T> informer(
      Informable<T> kind, UnaryOperator<T> trim) {
    return kind.withLimit(Trim.PAGE).runnableInformer(NO_RESYNC).itemStore(Trim.storing(trim));
  }

  /**
   * Starts watching, and returns at once; {@link #isReady()} tells when everything was seen.
   *
   * @param systemNamespace Hallpass's own
   */
  public static WatchedCatalog start(KubernetesClient client, String systemNamespace) {
    var catalog = new WatchedCatalog(client, systemNamespace);
    catalog
        .all()
        .forEach(
            informer -> {
              // An API server that is away, or a role that comes later, is no reason to give up.
              informer.exceptionHandler((started, cause) -> true);
              informer.start();
            });
    return catalog;
  }

  @Override
  public boolean isReady() {
    return all().allMatch(i -> i.hasSynced() && i.isRunning());
  }

  @Override
  public boolean isCurrent() {
    return isReady() && all().allMatch(SharedIndexInformer::isWatching);
  }

  @Override
  public List<CredentialRequest> requests(String namespace) {
    return requests.getIndexer().byIndex(Cache.NAMESPACE_INDEX, namespace);
  }

  @Override
  public Optional<CredentialRequest> request(String namespace, String name) {
    return Optional.ofNullable(
        requests.getIndexer().getByKey(Cache.namespaceKeyFunc(namespace, name)));
  }

  @Override
  public Optional<CustomResource<CredentialProviderSpec, CredentialProviderStatus>> provider(
      ProviderRef ref, String namespace) {
    return Optional.ofNullable(
        switch (ref.kind()) {
          case CredentialProvider ->
              providers.getIndexer().getByKey(Cache.namespaceKeyFunc(namespace, ref.name()));
          case ClusterCredentialProvider -> clusterProviders.getIndexer().getByKey(ref.name());
        });
  }

  @Override
  public Optional<Namespace> namespace(String name) {
    return Optional.ofNullable(namespaces.getIndexer().getByKey(name));
  }

  @Override
  public List<CredentialPolicy> policies() {
    return policies.getIndexer().list();
  }

  @Override
  public List<BreakGlass> breakGlasses(String namespace) {
    return breakGlasses.getIndexer().byIndex(Cache.NAMESPACE_INDEX, namespace);
  }

  @Override
  public List<CredentialApproval> approvals(String namespace) {
    return approvals.getIndexer().byIndex(Cache.NAMESPACE_INDEX, namespace);
  }

  @Override
  public KnownParams params() {
    return new KnownParams(Params.of(params.getIndexer().list()), objects.currentStates());
  }

  @Override
  public void close() {
    objects.close();
    all().forEach(SharedIndexInformer::close);
  }

  private Stream<SharedIndexInformer<?>> all() {
    return Stream.of(
        requests,
        providers,
        clusterProviders,
        namespaces,
        policies,
        approvals,
        params,
        breakGlasses);
  }
}
