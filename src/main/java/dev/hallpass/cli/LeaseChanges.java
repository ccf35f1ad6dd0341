package dev.hallpass.cli;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.cli.OutputOptions.Form;
import dev.hallpass.wire.Unseen;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Prints a line for each change of a lease that a person can see. */
final class LeaseChanges implements Watcher<CredentialLease> {
  private final Surface surface;
  private final Form form;
  private final Predicate<CredentialLease> wanted;
  private final KubernetesSerialization serialization = KnownKinds.serialization();
  private final Map<String, LeaseView> shown = new HashMap<>();
  private final CountDownLatch broken = new CountDownLatch(1);
  private volatile @Nullable WatcherException cause;

  LeaseChanges(Surface surface, Form form, Predicate<CredentialLease> wanted) {
    this.surface = surface;
    this.form = form;
    this.wanted = wanted;
  }

  /**
   * Prints what changes after what was listed.
   *
   * @param limit for how long; null where only an interrupt ends it
   * @throws Failure where the API server ends the watch
   */
  void follow(
      FilterWatchListDeletable<
              CredentialLease, KubernetesResourceList<CredentialLease>, Resource<CredentialLease>>
          leases,
      String version,
      List<CredentialLease> listed,
      @Nullable Duration limit)
      throws InterruptedException {
    listed.forEach(l -> shown.put(l.getMetadata().getUid(), LeaseView.of(l)));
    var options = new ListOptionsBuilder().withResourceVersion(version).build();
    var watch = leases.watch(options, this);
    try {
      if (limit == null) {
        broken.await();
      } else if (!broken.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } finally {
      watch.close();
    }
    var met = cause;
    throw new Failure(
        ExitCode.REFUSED,
        "the API server ended the watch%s: start again"
            .formatted(met == null ? "" : " (" + met.getMessage() + ")"));
  }

  @Override
  public void eventReceived(Action action, CredentialLease lease) {
    if (!wanted.test(lease)) {
      return;
    }
    var view = LeaseView.of(lease);
    var before =
        action == Action.DELETED
            ? shown.remove(lease.getMetadata().getUid())
            : shown.put(lease.getMetadata().getUid(), view);
    if (action != Action.DELETED && view.equals(before)) {
      return;
    }
    if (form == Form.json || form == Form.yaml) {
      surface.print(
          Unseen.escaped(serialization.asJson(Map.of("type", action.name(), "object", lease)))
              + "\n");
    } else {
      surface.print(
          LeasesText.change(
                  action.name().toLowerCase(java.util.Locale.ROOT),
                  view,
                  surface.clock().instant(),
                  surface.paint())
              + "\n");
    }
  }

  @Override
  public boolean reconnecting() {
    return true;
  }

  @Override
  public void onClose(WatcherException e) {
    cause = e;
    broken.countDown();
  }
}
