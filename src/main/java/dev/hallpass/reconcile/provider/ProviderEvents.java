package dev.hallpass.reconcile.provider;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.reconcile.view.Changes;
import dev.hallpass.reconcile.view.ClusterView;
import dev.hallpass.reconcile.view.InformerEvents;
import dev.hallpass.reconcile.view.Keys;
import io.fabric8.kubernetes.client.CustomResource;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.util.List;

/** What wakes providers: their leases, as they are counted. */
final class ProviderEvents {
  private final ClusterView view;

  ProviderEvents(ClusterView view) {
    this.view = view;
  }

  <P extends CustomResource<CredentialProviderSpec, CredentialProviderStatus>>
      List<EventSource<?, P>> sources(IndexerResourceCache<P> providers) {
    providers.addIndexer("key", p -> List.of(Keys.provider(p)));
    return List.of(
        new InformerEvents<>(
            view.leases(),
            Changes::phase,
            l ->
                providers.byIndex("key", Keys.provider(l)).stream().map(ResourceID::fromResource)));
  }
}
