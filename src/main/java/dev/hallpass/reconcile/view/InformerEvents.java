package dev.hallpass.reconcile.view;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Wakes reconcilers by an informer that several of them share. It carries no state: a reconciler
 * reads that from the {@link ClusterView}.
 *
 * @param <R> what is watched
 * @param <P> what is reconciled
 */
public final class InformerEvents<R extends HasMetadata, P extends HasMetadata>
    extends AbstractEventSource<R, P> implements ResourceEventHandler<R> {
  private final SharedIndexInformer<R> informer;
  private final BiPredicate<R, R> matters;
  private final Function<R, Stream<ResourceID>> concerns;

  /**
   * Wakes what an object concerns whenever one appears, goes, or changes in a way that matters.
   *
   * @param matters of the old and the new state of an object
   * @param concerns the reconciled objects
   */
  public InformerEvents(
      SharedIndexInformer<R> informer,
      BiPredicate<R, R> matters,
      Function<R, Stream<ResourceID>> concerns) {
    super(informer.getApiTypeClass(), informer.getApiTypeClass().getSimpleName());
    this.informer = informer;
    this.matters = matters;
    this.concerns = concerns;
  }

  @Override
  public void start() {
    super.start();
    informer.addEventHandler(this);
  }

  @Override
  public void stop() {
    informer.removeEventHandler(this);
    super.stop();
  }

  @Override
  public void onAdd(R added) {
    wake(added);
  }

  @Override
  public void onUpdate(R old, R updated) {
    if (matters.test(old, updated)) {
      concerns.apply(old).forEach(this::wake);
      wake(updated);
    }
  }

  @Override
  public void onDelete(R deleted, boolean finalStateUnknown) {
    wake(deleted);
  }

  private void wake(R changed) {
    concerns.apply(changed).forEach(this::wake);
  }

  private void wake(ResourceID concerned) {
    getEventHandler().handleEvent(new Event(concerned));
  }

  @Override
  public Set<R> getSecondaryResources(P primary) {
    return Set.of();
  }
}
