package dev.hallpass.admission;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.ProviderRef;
import io.fabric8.kubernetes.client.CustomResource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What admission knows of the cluster, from caches where nothing else is said. */
public interface RequestIndex {

  /** Whether everything below was seen at least once; until then nothing can be decided. */
  boolean isReady();

  /** The requests of a namespace. */
  List<CredentialRequest> requests(String namespace);

  /** The requests of a namespace as the API server has them now. */
  List<CredentialRequest> requestsNow(String namespace);

  /** The provider that a request in this namespace names. */
  Optional<CustomResource<CredentialProviderSpec, CredentialProviderStatus>> provider(
      ProviderRef ref, String namespace);

  /** The labels of a namespace; empty where it was not seen yet. */
  Optional<Map<String, String>> namespaceLabels(String namespace);
}
