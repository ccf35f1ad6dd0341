package dev.hallpass.reconcile.request;

import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestStatus;
import dev.hallpass.kube.Events;
import dev.hallpass.lease.RevokeOrder;
import dev.hallpass.provider.Drivers;
import dev.hallpass.reconcile.view.Changes;
import dev.hallpass.reconcile.view.ClusterView;
import dev.hallpass.reconcile.view.InformerEvents;
import dev.hallpass.reconcile.view.Keys;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** Keeps the status of requests, and writes it only where it changed. */
@ControllerConfiguration(name = "request")
public final class RequestReconciler implements Reconciler<CredentialRequest> {
  private static final Duration SLACK = Duration.ofMillis(100);

  /** Why a pod fails may change without anything that wakes us. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

  private final ClusterView view;
  private final RequestStatusFactory statuses;
  private final RequestReports reports;
  private final Clock clock;

  /** Reads what a status is made of from this view. */
  public RequestReconciler(
      ClusterView view, Drivers drivers, PolicyWord policies, Events events, Clock clock) {
    this.view = view;
    this.statuses = new RequestStatusFactory(view, drivers, policies, clock);
    this.reports = new RequestReports(events);
    this.clock = clock;
  }

  @Override
  public UpdateControl<CredentialRequest> reconcile(
      CredentialRequest request, Context<CredentialRequest> context) {
    var pods = statuses.pods(request);
    var status = statuses.of(request, pods);
    var control = update(request, status, pods);
    if (pods.failing() > 0 || RevokeOrder.of(request).covers(clock.instant())) {
      control.rescheduleAfter(LOOK_AGAIN);
    }
    pods.nextChange()
        .map(this::untilAfter)
        .filter(d -> control.getScheduleDelay().filter(s -> s < d.toMillis()).isEmpty())
        .ifPresent(control::rescheduleAfter);
    return control;
  }

  /** Timers are coarser than clocks: never a moment too early. */
  private Duration untilAfter(Instant at) {
    return Duration.between(clock.instant(), at).plus(SLACK);
  }

  private UpdateControl<CredentialRequest> update(
      CredentialRequest request, CredentialRequestStatus status, PodCensus pods) {
    if (status.equals(request.getStatus())) {
      return UpdateControl.noUpdate();
    }
    reports.changed(request, status, pods);
    var fresh = new CredentialRequest();
    fresh.setMetadata(
        new ObjectMetaBuilder()
            .withName(request.getMetadata().getName())
            .withNamespace(request.getMetadata().getNamespace())
            .build());
    fresh.setStatus(status);
    return UpdateControl.patchStatus(fresh);
  }

  @Override
  public List<EventSource<?, CredentialRequest>> prepareEventSources(
      EventSourceContext<CredentialRequest> context) {
    var requests = context.getPrimaryCache();
    requests.addIndexers(
        Map.of("name", r -> List.of(name(r)), "provider", RequestReconciler::providers));
    return List.of(
        new InformerEvents<>(
            view.pods(),
            Changes::any,
            p ->
                requests.byIndex(Cache.NAMESPACE_INDEX, p.getMetadata().getNamespace()).stream()
                    .filter(r -> PodCensus.labelled(r, p))
                    .map(ResourceID::fromResource)),
        new InformerEvents<>(view.leases(), Changes::phase, by(requests, "name", Keys::request)),
        new InformerEvents<>(
            view.providers(), Changes::provider, by(requests, "provider", Keys::provider)),
        new InformerEvents<>(
            view.clusterProviders(), Changes::provider, by(requests, "provider", Keys::provider)),
        new InformerEvents<>(
            view.requests(),
            Changes::specOrRevokeOrder,
            by(requests, Cache.NAMESPACE_INDEX, r -> r.getMetadata().getNamespace())),
        new InformerEvents<>(
            view.serviceAccounts(),
            Changes::labels,
            by(requests, Cache.NAMESPACE_INDEX, a -> a.getMetadata().getNamespace())),
        new InformerEvents<>(
            view.namespaces(),
            Changes::labels,
            by(requests, Cache.NAMESPACE_INDEX, n -> n.getMetadata().getName())));
  }

  private static String name(CredentialRequest request) {
    return Keys.request(request.getMetadata().getNamespace(), request.getMetadata().getName());
  }

  private static List<String> providers(CredentialRequest request) {
    return request.getSpec().credentials().stream()
        .map(c -> Keys.provider(c.providerRef(), request.getMetadata().getNamespace()))
        .distinct()
        .toList();
  }

  private static <R extends HasMetadata> Function<R, Stream<ResourceID>> by(
      IndexerResourceCache<CredentialRequest> requests, String index, Function<R, String> key) {
    return object ->
        requests.byIndex(index, key.apply(object)).stream().map(ResourceID::fromResource);
  }
}
