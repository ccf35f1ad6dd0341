package dev.hallpass.reconcile.view;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.ClusterCredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialApproval;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.CredentialPolicySpec;
import dev.hallpass.api.v1alpha1.CredentialProvider;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.ProviderRef;
import dev.hallpass.kube.KnownParams;
import dev.hallpass.kube.ParamState;
import dev.hallpass.kube.Params;
import dev.hallpass.kube.Trim;
import dev.hallpass.kube.WatchedParams;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The cluster as informers last saw it. What is absent here may exist: confirm at the API server
 * before anything is ended for it.
 */
public final class ClusterView implements AutoCloseable {
  /** Nothing of a team's own kinds holds a start up for longer. */
  private static final Duration PARAM_OBJECTS = Duration.ofSeconds(5);

  private static final String REQUEST_INDEX = "request";
  private static final String PROVIDER_INDEX = "provider";
  private static final String REPLACED_INDEX = "replaced";
  private static final String BREAK_GLASS_INDEX = "breakGlass";

  private final SharedIndexInformer<Pod> pods;
  private final SharedIndexInformer<Node> nodes;
  private final SharedIndexInformer<Namespace> namespaces;
  private final SharedIndexInformer<ServiceAccount> serviceAccounts;
  private final SharedIndexInformer<CredentialLease> leases;
  private final SharedIndexInformer<CredentialRequest> requests;
  private final SharedIndexInformer<CredentialProvider> providers;
  private final SharedIndexInformer<ClusterCredentialProvider> clusterProviders;
  private final SharedIndexInformer<CredentialPolicy> policies;
  private final SharedIndexInformer<CredentialApproval> approvals;
  private final SharedIndexInformer<ConfigMap> params;
  private final WatchedParams paramObjects;
  private final String systemNamespace;
  private final SharedIndexInformer<BreakGlass> breakGlasses;

  /**
   * Prepares the watches; {@link #start} opens them.
   *
   * @param systemNamespace Hallpass's own
   */
  public ClusterView(KubernetesClient client, String systemNamespace) {
    pods = informer(client.pods().inAnyNamespace(), Trim::pod);
    nodes = informer(client.nodes(), Trim::node);
    namespaces = informer(client.namespaces(), Trim::namespace);
    serviceAccounts = informer(client.serviceAccounts().inAnyNamespace(), Trim::serviceAccount);
    leases = informer(client.resources(CredentialLease.class).inAnyNamespace(), Trim::own);
    requests = informer(client.resources(CredentialRequest.class).inAnyNamespace(), Trim::own);
    providers = informer(client.resources(CredentialProvider.class).inAnyNamespace(), Trim::own);
    clusterProviders = informer(client.resources(ClusterCredentialProvider.class), Trim::own);
    policies = informer(client.resources(CredentialPolicy.class), Trim::own);
    breakGlasses = informer(client.resources(BreakGlass.class).inAnyNamespace(), Trim::own);
    approvals = informer(client.resources(CredentialApproval.class).inAnyNamespace(), Trim::own);
    this.systemNamespace = systemNamespace;
    params = informer(Params.in(client, systemNamespace), Trim::own);
    paramObjects = WatchedParams.of(client, policies);
    leases.addIndexers(
        Map.of(
            REQUEST_INDEX,
            l -> List.of(Keys.request(l)),
            PROVIDER_INDEX,
            l -> List.of(Keys.provider(l)),
            REPLACED_INDEX,
            l -> Keys.replaced(l).toList(),
            BREAK_GLASS_INDEX,
            l -> Keys.breakGlass(l).toList()));
  }

  private static <T extends HasMetadata> SharedIndexInformer<T> informer(
      Informable<T> kind, UnaryOperator<T> trim) {
    return kind.withLimit(Trim.PAGE).runnableInformer(0).itemStore(Trim.storing(trim));
  }

  /**
   * Opens all watches, and returns once every cache is filled, and each object that policies take
   * parameters from was looked for; of that, what takes long is left for later.
   *
   * @throws IllegalStateException where that takes longer than {@code atMost}, or fails
   */
  public void start(Duration atMost) {
    var started =
        all().stream()
            .map(i -> i.start().toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(started).get(atMost.toMillis(), TimeUnit.MILLISECONDS);
      paramObjects.awaitFirst(PARAM_OBJECTS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the caches were filled", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the caches could not be filled", e);
    }
  }

  /** Whether every watch still runs, or tries to come back. */
  public boolean running() {
    return all().stream().allMatch(SharedIndexInformer::isRunning);
  }

  public SharedIndexInformer<Pod> pods() {
    return pods;
  }

  public SharedIndexInformer<Node> nodes() {
    return nodes;
  }

  public SharedIndexInformer<Namespace> namespaces() {
    return namespaces;
  }

  public SharedIndexInformer<ServiceAccount> serviceAccounts() {
    return serviceAccounts;
  }

  public SharedIndexInformer<CredentialLease> leases() {
    return leases;
  }

  public SharedIndexInformer<CredentialRequest> requests() {
    return requests;
  }

  public SharedIndexInformer<CredentialProvider> providers() {
    return providers;
  }

  public SharedIndexInformer<ClusterCredentialProvider> clusterProviders() {
    return clusterProviders;
  }

  public SharedIndexInformer<CredentialPolicy> policies() {
    return policies;
  }

  public SharedIndexInformer<CredentialApproval> approvals() {
    return approvals;
  }

  /** The approvals of a namespace. */
  public List<CredentialApproval> approvalsIn(String namespace) {
    return approvals.getIndexer().byIndex(Cache.NAMESPACE_INDEX, namespace);
  }

  /** The ConfigMaps that policies may take parameters from. */
  public SharedIndexInformer<ConfigMap> params() {
    return params;
  }

  /** The objects of other kinds that policies take parameters from. */
  public WatchedParams paramObjects() {
    return paramObjects;
  }

  /** What is known of both. */
  public KnownParams knownParams() {
    return new KnownParams(Params.of(params.getStore().list()), paramObjects.states());
  }

  /** What is known of what a policy names. */
  public ParamState param(CredentialPolicySpec.Params named) {
    return KnownParams.of(
        named, name -> find(params, systemNamespace, name).map(Params::found), paramObjects::state);
  }

  public SharedIndexInformer<BreakGlass> breakGlasses() {
    return breakGlasses;
  }

  /** The break-glass of that name. */
  public Optional<BreakGlass> breakGlass(String namespace, String name) {
    return find(breakGlasses, namespace, name);
  }

  /** The break-glasses of a namespace. */
  public List<BreakGlass> breakGlassesIn(String namespace) {
    return breakGlasses.getIndexer().byIndex(Cache.NAMESPACE_INDEX, namespace);
  }

  /** The pod of that name. */
  public Optional<Pod> pod(String namespace, String name) {
    return find(pods, namespace, name);
  }

  /** The pods of a namespace. */
  public List<Pod> podsIn(String namespace) {
    return pods.getIndexer().byIndex(Cache.NAMESPACE_INDEX, namespace);
  }

  /** The node of that name. */
  public Optional<Node> node(String name) {
    return find(nodes, null, name);
  }

  /** The namespace of that name. */
  public Optional<Namespace> namespace(String name) {
    return find(namespaces, null, name);
  }

  /** The service account of that name. */
  public Optional<ServiceAccount> serviceAccount(String namespace, String name) {
    return find(serviceAccounts, namespace, name);
  }

  /** The request of that name. */
  public Optional<CredentialRequest> request(String namespace, String name) {
    return find(requests, namespace, name);
  }

  /** The requests of a namespace. */
  public List<CredentialRequest> requestsIn(String namespace) {
    return requests.getIndexer().byIndex(Cache.NAMESPACE_INDEX, namespace);
  }

  /** The provider that a request or lease in this namespace names. */
  public Optional<? extends CustomResource<CredentialProviderSpec, CredentialProviderStatus>>
      provider(ProviderRef ref, String namespace) {
    return switch (ref.kind()) {
      case CredentialProvider -> find(providers, namespace, ref.name());
      case ClusterCredentialProvider -> find(clusterProviders, null, ref.name());
    };
  }

  /** The lease of that name. */
  public Optional<CredentialLease> lease(String namespace, String name) {
    return find(leases, namespace, name);
  }

  /** The leases that answer a request. */
  public List<CredentialLease> leasesOfRequest(String namespace, String name) {
    return leases.getIndexer().byIndex(REQUEST_INDEX, Keys.request(namespace, name));
  }

  /** The leases of a provider. */
  public List<CredentialLease> leasesOfProvider(String key) {
    return leases.getIndexer().byIndex(PROVIDER_INDEX, key);
  }

  /** The leases that were issued under a break-glass. */
  public List<CredentialLease> leasesUnder(BreakGlass breakGlass) {
    return leases.getIndexer().byIndex(BREAK_GLASS_INDEX, Keys.breakGlass(breakGlass)).stream()
        .filter(l -> isUnder(l, breakGlass.getMetadata().getUid()))
        .toList();
  }

  private static boolean isUnder(CredentialLease lease, String uid) {
    var named = lease.getSpec().breakGlass();
    return named != null && named.uid().equals(uid);
  }

  /** The leases that were made to take this one's place. */
  public List<CredentialLease> successors(CredentialLease lease) {
    return leases
        .getIndexer()
        .byIndex(
            REPLACED_INDEX,
            Cache.namespaceKeyFunc(
                lease.getMetadata().getNamespace(), lease.getMetadata().getName()));
  }

  private static <T extends HasMetadata> Optional<T> find(
      SharedIndexInformer<T> informer, @Nullable String namespace, String name) {
    return Optional.ofNullable(
        informer.getStore().getByKey(Cache.namespaceKeyFunc(namespace, name)));
  }

  private List<SharedIndexInformer<?>> all() {
    return List.of(
        pods,
        nodes,
        namespaces,
        serviceAccounts,
        leases,
        requests,
        providers,
        clusterProviders,
        policies,
        approvals,
        params,
        breakGlasses);
  }

  @Override
  public void close() {
    paramObjects.close();
    all().forEach(SharedIndexInformer::stop);
  }
}
