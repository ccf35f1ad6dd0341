package dev.hallpass.reconcile.lease;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.reconcile.view.Changes;
import dev.hallpass.reconcile.view.ClusterView;
import dev.hallpass.reconcile.view.InformerEvents;
import dev.hallpass.reconcile.view.Keys;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What wakes the leases: the objects they depend on, and a target that answers again.
 *
 * <p>Leases are looked up in the reconciler's own cache, never in a second one: a lease that is not
 * there yet is judged when it arrives, after the change that was missed.
 */
final class LeaseEvents {
  private final ClusterView view;
  private final Matching matching;
  private final BackOff backOff;
  private final SimpleInboundEventSource<CredentialLease> answered =
      new SimpleInboundEventSource<>("answered");

  private final SimpleInboundEventSource<CredentialLease> paramObjects =
      new SimpleInboundEventSource<>("paramObjects");

  LeaseEvents(ClusterView view, Matching matching, BackOff backOff) {
    this.view = view;
    this.matching = matching;
    this.backOff = backOff;
  }

  /** Wakes the leases that wait for this provider's target to answer. */
  void answered(String providerKey) {
    backOff.answered(providerKey).forEach(answered::propagateEvent);
  }

  List<EventSource<?, CredentialLease>> sources(IndexerResourceCache<CredentialLease> leases) {
    leases.addIndexers(
        Map.of(
            "pod", l -> List.of(l.getSpec().pod().uid()),
            "node", l -> Stream.ofNullable(l.getSpec().pod().nodeName()).toList(),
            "serviceAccount", l -> List.of(Keys.serviceAccount(l)),
            "breakGlass", l -> Keys.breakGlass(l).toList(),
            "request", l -> List.of(Keys.request(l)),
            "provider", l -> List.of(Keys.provider(l))));
    view.paramObjects()
        .onChange(
            object -> {
              // Before that, no lease was looked at yet.
              if (paramObjects.isRunning()) {
                those(leases, matching.heeding(object)).forEach(paramObjects::propagateEvent);
              }
            });
    return List.of(
        answered,
        paramObjects,
        new InformerEvents<>(
            view.pods(), Changes::any, by(leases, "pod", p -> p.getMetadata().getUid())),
        new InformerEvents<>(
            view.nodes(), Changes::readiness, by(leases, "node", n -> n.getMetadata().getName())),
        new InformerEvents<>(
            view.namespaces(),
            Changes::labels,
            by(leases, Cache.NAMESPACE_INDEX, n -> n.getMetadata().getName())),
        new InformerEvents<>(
            view.serviceAccounts(),
            Changes::identity,
            by(
                leases,
                "serviceAccount",
                s ->
                    Keys.serviceAccount(
                        s.getMetadata().getNamespace(), s.getMetadata().getName()))),
        new InformerEvents<>(
            view.requests(),
            Changes::specOrRevokeOrder,
            by(
                leases,
                "request",
                r -> Keys.request(r.getMetadata().getNamespace(), r.getMetadata().getName()))),
        new InformerEvents<>(view.leases(), Changes::phase, LeaseEvents::replaced),
        new InformerEvents<>(
            view.providers(), Changes::specOrLabels, by(leases, "provider", Keys::provider)),
        new InformerEvents<>(
            view.clusterProviders(), Changes::specOrLabels, by(leases, "provider", Keys::provider)),
        new InformerEvents<>(
            view.breakGlasses(), Changes::spec, by(leases, "breakGlass", Keys::breakGlass)),
        new InformerEvents<>(
            view.approvals(),
            Changes::identity,
            by(leases, Cache.NAMESPACE_INDEX, a -> a.getMetadata().getNamespace())),
        new InformerEvents<>(view.policies(), Changes::spec, policy -> those(leases, l -> true)),
        new InformerEvents<>(
            view.params(), Changes::data, params -> those(leases, matching.heeding(params))));
  }

  private static Stream<ResourceID> those(
      IndexerResourceCache<CredentialLease> leases, Predicate<CredentialLease> concerned) {
    return leases.list(concerned).map(ResourceID::fromResource);
  }

  private static Stream<ResourceID> replaced(CredentialLease newer) {
    return Stream.ofNullable(newer.getSpec().replaces())
        .map(older -> new ResourceID(older.lease(), newer.getMetadata().getNamespace()));
  }

  private static <R extends HasMetadata> Function<R, Stream<ResourceID>> by(
      IndexerResourceCache<CredentialLease> leases, String index, Function<R, String> key) {
    return object ->
        leases.byIndex(index, key.apply(object)).stream().map(ResourceID::fromResource);
  }
}
