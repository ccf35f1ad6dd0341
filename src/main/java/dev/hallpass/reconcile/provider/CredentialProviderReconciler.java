package dev.hallpass.reconcile.provider;

import dev.hallpass.api.v1alpha1.CredentialProvider;
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

/** Cares for {@code CredentialProvider}s. */
@ControllerConfiguration(name = "provider", finalizerName = HallpassApi.PROVIDER_FINALIZER)
public final class CredentialProviderReconciler
    implements Reconciler<CredentialProvider>, Cleaner<CredentialProvider> {
  private final ProviderCare care;
  private final ProviderEvents wake;

  CredentialProviderReconciler(ProviderCare care, ProviderEvents wake) {
    this.care = care;
    this.wake = wake;
  }

  @Override
  public List<EventSource<?, CredentialProvider>> prepareEventSources(
      EventSourceContext<CredentialProvider> context) {
    return wake.sources(context.getPrimaryCache());
  }

  @Override
  public UpdateControl<CredentialProvider> reconcile(
      CredentialProvider provider, Context<CredentialProvider> context) {
    return care.reconcile(provider, new CredentialProvider());
  }

  @Override
  public DeleteControl cleanup(CredentialProvider provider, Context<CredentialProvider> context) {
    return care.cleanup(provider);
  }
}
