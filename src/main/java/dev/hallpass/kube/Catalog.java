package dev.hallpass.kube;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.CredentialApproval;
import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.ProviderRef;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.CustomResource;
import java.util.List;
import java.util.Optional;

/** What decisions about pods rest on: requests, providers, namespaces, policies, approvals. */
public interface Catalog {

  /** Whether everything below was seen at least once; until then nothing can be decided. */
  boolean isReady();

  /**
   * Whether a change at the API server is seen here as it happens. Of a custom resource that
   * policies take parameters from, {@link #params} tells that of each.
   */
  boolean isCurrent();

  /** The requests of a namespace. */
  List<CredentialRequest> requests(String namespace);

  /** The request of that name. */
  Optional<CredentialRequest> request(String namespace, String name);

  /** The provider that a request in this namespace names. */
  Optional<CustomResource<CredentialProviderSpec, CredentialProviderStatus>> provider(
      ProviderRef ref, String namespace);

  /** The namespace of that name. */
  Optional<Namespace> namespace(String name);

  /** All policies. */
  List<CredentialPolicy> policies();

  /** The break-glasses of a namespace. */
  List<BreakGlass> breakGlasses(String namespace);

  /** The approvals of a namespace. */
  List<CredentialApproval> approvals(String namespace);

  /**
   * What is known of what policies take parameters from. What may have changed unseen is unread.
   */
  KnownParams params();
}
