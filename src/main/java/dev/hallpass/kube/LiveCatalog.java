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
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What the API server has at the time of each call. */
public final class LiveCatalog implements Catalog {
  private final KubernetesClient client;
  private final String systemNamespace;
  private final ParamReader objects;

  /**
   * Reads through this client.
   *
   * @param systemNamespace Hallpass's own
   */
  public LiveCatalog(KubernetesClient client, String systemNamespace) {
    this.client = client;
    this.systemNamespace = systemNamespace;
    this.objects = new ParamReader(client);
  }

  @Override
  public boolean isReady() {
    return true;
  }

  @Override
  public boolean isCurrent() {
    return true;
  }

  @Override
  public List<CredentialRequest> requests(String namespace) {
    return client.resources(CredentialRequest.class).inNamespace(namespace).list().getItems();
  }

  @Override
  public Optional<CredentialRequest> request(String namespace, String name) {
    return Optional.ofNullable(
            client.resources(CredentialRequest.class).inNamespace(namespace).withName(name).get())
        .map(Trim::own);
  }

  @Override
  public Optional<CustomResource<CredentialProviderSpec, CredentialProviderStatus>> provider(
      ProviderRef ref, String namespace) {
    if (!ObjectName.isValid(ref.name())) {
      return Optional.empty();
    }
    return Optional.ofNullable(
        switch (ref.kind()) {
          case CredentialProvider ->
              client
                  .resources(CredentialProvider.class)
                  .inNamespace(namespace)
                  .withName(ref.name())
                  .get();
          case ClusterCredentialProvider ->
              client.resources(ClusterCredentialProvider.class).withName(ref.name()).get();
        });
  }

  @Override
  public Optional<Namespace> namespace(String name) {
    return Optional.ofNullable(client.namespaces().withName(name).get()).map(Trim::namespace);
  }

  @Override
  public List<CredentialPolicy> policies() {
    return client.resources(CredentialPolicy.class).list().getItems();
  }

  @Override
  public List<BreakGlass> breakGlasses(String namespace) {
    return client.resources(BreakGlass.class).inNamespace(namespace).list().getItems();
  }

  @Override
  public List<CredentialApproval> approvals(String namespace) {
    return client.resources(CredentialApproval.class).inNamespace(namespace).list().getItems();
  }

  /**
   * Custom resources are read when a policy asks for them, which one that does not match never
   * does.
   */
  @Override
  public KnownParams params() {
    var seen = new ConcurrentHashMap<ParamObject, ParamState>();
    return new KnownParams(
        Params.of(Params.in(client, systemNamespace).list().getItems()),
        object -> seen.computeIfAbsent(object, objects::read));
  }
}
