package dev.hallpass.reconcile.provider;

import dev.hallpass.api.v1alpha1.ClusterCredentialProvider;
import dev.hallpass.api.v1alpha1.HallpassApi;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.util.List;

/** Cares for {@code ClusterCredentialProvider}s. */
@ControllerConfiguration(name = "clusterprovider", finalizerName = HallpassApi.PROVIDER_FINALIZER)
public final class ClusterCredentialProviderReconciler
    implements Reconciler<ClusterCredentialProvider>, Cleaner<ClusterCredentialProvider> {
  private final ProviderCare care;
  private final ProviderEvents wake;

  ClusterCredentialProviderReconciler(ProviderCare care, ProviderEvents wake) {
    this.care = care;
    this.wake = wake;
  }

  @Override
  public List<EventSource<?, ClusterCredentialProvider>> prepareEventSources(
      EventSourceContext<ClusterCredentialProvider> context) {
    return wake.sources(context.getPrimaryCache());
  }

  @Override
  public UpdateControl<ClusterCredentialProvider> reconcile(
      ClusterCredentialProvider provider, Context<ClusterCredentialProvider> context) {
    return care.reconcile(provider, new ClusterCredentialProvider());
  }

  @Override
  public DeleteControl cleanup(
      ClusterCredentialProvider provider, Context<ClusterCredentialProvider> context) {
    return care.cleanup(provider);
  }
}
