package dev.hallpass.reconcile;

import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.audit.AuditEvent;
import dev.hallpass.audit.AuditEvent.Change;
import dev.hallpass.audit.AuditLog;
import dev.hallpass.audit.Digest;
import dev.hallpass.audit.Trace;
import dev.hallpass.reconcile.view.ClusterView;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Has the trail tell which policies and providers hold, and from when: all of them when this
 * controller takes over, then each change. Those who stand by see the same, and say nothing.
 */
final class ChangeRecords {
  private final ClusterView view;
  private final AuditLog audit;
  private final Map<String, Long> told = new HashMap<>();
  private boolean tells;

  ChangeRecords(ClusterView view, AuditLog audit) {
    this.view = view;
    this.audit = audit;
    view.policies().addEventHandler(new Handler<>());
    view.providers().addEventHandler(new Handler<>());
    view.clusterProviders().addEventHandler(new Handler<>());
  }

  /** From now on this controller is the one that tells. */
  synchronized void begin() {
    tells = true;
    Stream.of(view.policies(), view.providers(), view.clusterProviders())
        .flatMap(informer -> informer.getStore().list().stream())
        .map(HasMetadata.class::cast)
        .forEach(object -> tell(object, Change.Found));
  }

  private synchronized void tell(HasMetadata object, Change change) {
    var meta = object.getMetadata();
    var generation = Optional.ofNullable(meta.getGeneration()).orElse(0L);
    if (!tells) {
      return;
    }
    if (change == Change.Deleted) {
      told.remove(meta.getUid());
    } else if (generation.equals(told.put(meta.getUid(), generation))) {
      return;
    }
    audit.note(event(object, generation, change), Trace.fresh());
  }

  private static AuditEvent event(HasMetadata object, long generation, Change change) {
    var meta = object.getMetadata();
    var digest = Digest.of(Map.of("spec", spec(object)));
    return object instanceof CredentialPolicy
        ? new AuditEvent.PolicyChanged(meta.getName(), meta.getUid(), generation, change, digest)
        : new AuditEvent.ProviderChanged(
            String.join(
                "/",
                Stream.of(meta.getNamespace(), meta.getName())
                    .filter(part -> part != null)
                    .toList()),
            meta.getUid(),
            generation,
            change,
            digest);
  }

  private static Object spec(HasMetadata object) {
    return object instanceof CustomResource<?, ?> custom
        ? Optional.<Object>ofNullable(custom.getSpec()).orElse(List.of())
        : List.of();
  }

  private final class Handler<T extends HasMetadata> implements ResourceEventHandler<T> {
    @Override
    public void onAdd(T added) {
      tell(added, Change.Created);
    }

    @Override
    public void onUpdate(T before, T after) {
      tell(after, Change.Changed);
    }

    @Override
    public void onDelete(T gone, boolean stale) {
      tell(gone, Change.Deleted);
    }
  }
}
