package dev.hallpass.reconcile.breakglass;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.BreakGlassStatus;
import dev.hallpass.api.v1alpha1.BreakGlassStatus.Phase;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.audit.AuditLog;
import dev.hallpass.kube.Conditions;
import dev.hallpass.kube.Events;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.reconcile.view.Changes;
import dev.hallpass.reconcile.view.ClusterView;
import dev.hallpass.reconcile.view.InformerEvents;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Says how each break-glass stands, and keeps it until it is reviewed. It ends nothing: leases end
 * by their own reconciler, at the same moment and from the same facts.
 */
@ControllerConfiguration(name = "breakglass", finalizerName = HallpassApi.REVIEW_FINALIZER)
public final class BreakGlassReconciler implements Reconciler<BreakGlass>, Cleaner<BreakGlass> {
  /** How often a status that waits for a review grows older. */
  private static final Duration AGEING = Duration.ofHours(1);

  private final KubernetesClient client;
  private final ClusterView view;
  private final BreakGlassStatusFactory statuses;
  private final BreakGlassReports reports;
  private final Clock clock;

  private BreakGlassReconciler(
      KubernetesClient client,
      ClusterView view,
      BreakGlassStatusFactory statuses,
      BreakGlassReports reports,
      Clock clock) {
    this.client = client;
    this.view = view;
    this.statuses = statuses;
    this.reports = reports;
    this.clock = clock;
  }

  /**
   * Puts it together.
   *
   * @param longest what a break-glass may last
   */
  public static BreakGlassReconciler of(
      KubernetesClient client,
      ClusterView view,
      Duration longest,
      Events events,
      AuditLog audit,
      MeterRegistry meters,
      Clock clock) {
    return new BreakGlassReconciler(
        client,
        view,
        new BreakGlassStatusFactory(longest),
        new BreakGlassReports(view, longest, events, audit, meters, clock),
        clock);
  }

  @Override
  public List<EventSource<?, BreakGlass>> prepareEventSources(
      EventSourceContext<BreakGlass> context) {
    return List.of(
        new InformerEvents<>(
            view.leases(),
            Changes::phase,
            lease ->
                Stream.ofNullable(lease.getSpec().breakGlass())
                    .map(
                        named -> new ResourceID(named.name(), lease.getMetadata().getNamespace()))),
        new InformerEvents<>(
            view.namespaces(),
            Changes::labels,
            namespace ->
                namespace.isMarkedForDeletion()
                    ? view.breakGlassesIn(namespace.getMetadata().getName()).stream()
                        .map(ResourceID::fromResource)
                    : Stream.empty()));
  }

  @Override
  public UpdateControl<BreakGlass> reconcile(BreakGlass breakGlass, Context<BreakGlass> context) {
    var status = status(breakGlass);
    var again = pause(breakGlass, status);
    if (status.equals(breakGlass.getStatus())) {
      return UpdateControl.<BreakGlass>noUpdate().rescheduleAfter(again);
    }
    tell(breakGlass, status);
    return UpdateControl.patchStatus(fresh(breakGlass, status)).rescheduleAfter(again);
  }

  /** Deleted, it is over; it goes once it is reviewed, or with its namespace. */
  @Override
  public DeleteControl cleanup(BreakGlass breakGlass, Context<BreakGlass> context) {
    var status = status(breakGlass);
    if (status.phase() == Phase.Reviewed) {
      return DeleteControl.defaultDelete();
    }
    if (namespaceEnds(breakGlass)) {
      reports.lost(breakGlass, statuses.window(breakGlass));
      return DeleteControl.defaultDelete();
    }
    if (!status.equals(breakGlass.getStatus())) {
      tell(breakGlass, status);
      client
          .resource(fresh(breakGlass, status))
          .subresource("status")
          .patch(PatchContext.of(PatchType.JSON_MERGE), fresh(breakGlass, status));
    }
    return DeleteControl.noFinalizerRemoval().rescheduleAfter(pause(breakGlass, status).toMillis());
  }

  private BreakGlassStatus status(BreakGlass breakGlass) {
    var live = view.leasesUnder(breakGlass).stream().filter(l -> !LeaseJudge.over(l)).count();
    return statuses.status(breakGlass, (int) live, clock.instant());
  }

  private void tell(BreakGlass breakGlass, BreakGlassStatus status) {
    var before = Optional.ofNullable(breakGlass.getStatus()).map(BreakGlassStatus::phase);
    if (before.isEmpty()) {
      reports.opened(breakGlass, statuses.window(breakGlass));
    }
    if (before.filter(p -> p == status.phase()).isEmpty()) {
      reports.reached(
          breakGlass,
          statuses.window(breakGlass),
          status.phase(),
          Conditions.find(status.conditions(), Conditions.REVIEWED).orElseThrow().getMessage());
    }
  }

  private Duration pause(BreakGlass breakGlass, BreakGlassStatus status) {
    var ends = statuses.window(breakGlass).ends();
    return switch (status.phase()) {
      case Open -> Duration.between(clock.instant(), ends).plusMillis(1);
      case Ended, Reviewed -> AGEING;
    };
  }

  private boolean namespaceEnds(BreakGlass breakGlass) {
    var namespace = client.namespaces().withName(breakGlass.getMetadata().getNamespace()).get();
    return Optional.ofNullable(namespace).map(Namespace::isMarkedForDeletion).orElse(true);
  }

  private static BreakGlass fresh(BreakGlass breakGlass, BreakGlassStatus status) {
    var fresh = new BreakGlass();
    fresh.setMetadata(
        new ObjectMetaBuilder()
            .withName(breakGlass.getMetadata().getName())
            .withNamespace(breakGlass.getMetadata().getNamespace())
            .build());
    fresh.setStatus(status);
    return fresh;
  }
}
