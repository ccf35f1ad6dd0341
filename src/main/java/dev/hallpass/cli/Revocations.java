package dev.hallpass.cli;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.cli.Named.Kind;
import dev.hallpass.lease.LeaseJudge;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Carries out a plan, and looks what becomes of it. Throws what the client throws. */
final class Revocations {
  private static final Duration POLL = Duration.ofMillis(500);

  /** Whoever may change leases may take the finalizer away, too: nobody sees from here who did. */
  private static final String GONE = "is gone: Hallpass lets a lease go once its account is";

  private final Surface surface;
  private final Cluster cluster;
  private final Namespaces scope;

  Revocations(Surface surface, Cluster cluster, Namespaces scope) {
    this.surface = surface;
    this.cluster = cluster;
    this.scope = scope;
  }

  /**
   * Deletes and annotates.
   *
   * @return whether all that was to be deleted was, and not another lease of that name by now
   */
  boolean order(RevokePlan plan) {
    var all = true;
    for (var order : plan.orders()) {
      annotate(order.object(), order.value());
      surface.print("%s is to lose its credentials\n".formatted(order.object()));
    }
    for (var lease : plan.deletions()) {
      all &= delete(lease);
    }
    return all;
  }

  /** The UID is a condition: since the plan was made, another may have come to have the name. */
  private boolean delete(CredentialLease lease) {
    var meta = lease.getMetadata();
    try {
      cluster
          .client()
          .raw(
              "/apis/%s/namespaces/%s/%s/%s"
                  .formatted(
                      lease.getApiVersion(),
                      meta.getNamespace(),
                      lease.getPlural(),
                      meta.getName()),
              "DELETE",
              new DeleteOptionsBuilder()
                  .withNewPreconditions()
                  .withUid(meta.getUid())
                  .endPreconditions()
                  .build());
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return true;
      }
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
      surface.remark(
          "clease/%s is another one now, and was left alone; look whether it is to end, too"
              .formatted(meta.getName()));
      return false;
    }
    surface.print("clease/%s is to end\n".formatted(meta.getName()));
    return true;
  }

  /** Takes the annotation away again. */
  void allow(Named object) {
    annotate(object, null);
    surface.print("%s may get credentials again\n".formatted(object));
  }

  private void annotate(Named object, @Nullable String value) {
    if (object.kind() == Kind.POD) {
      annotate(object, value, Pod.class);
    } else {
      annotate(object, value, CredentialRequest.class);
    }
  }

  private <T extends HasMetadata> void annotate(
      Named object, @Nullable String value, Class<T> kind) {
    cluster
        .client()
        .resources(kind)
        .inNamespace(cluster.namespace())
        .withName(object.name())
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\":{\"annotations\":{\"%s\":%s}}}"
                .formatted(
                    HallpassApi.REVOKE_ANNOTATION, value == null ? "null" : "\"" + value + "\""));
  }

  /**
   * Waits until the targets have confirmed, and tells as they do.
   *
   * @return the leases of which that is still awaited
   */
  Map<String, CredentialLease> await(RevokePlan plan, Duration patience)
      throws InterruptedException {
    var left = new LinkedHashMap<>(plan.ending());
    var until = surface.clock().instant().plus(patience);
    while (!left.isEmpty()) {
      var now = byUid();
      left.replaceAll((name, old) -> now.getOrDefault(uid(old), old));
      left.values()
          .removeIf(
              lease -> {
                var gone = !now.containsKey(uid(lease)) || LeaseJudge.over(lease);
                if (gone) {
                  surface.print(
                      "clease/%s %s\n"
                          .formatted(
                              lease.getMetadata().getName(),
                              now.containsKey(uid(lease)) ? end(lease) : GONE));
                }
                return gone;
              });
      if (left.isEmpty() || !surface.clock().instant().isBefore(until)) {
        break;
      }
      Thread.sleep(POLL);
    }
    return left;
  }

  /** Not by name: the pod's next lease may have the name of the one that is gone. */
  private Map<String, CredentialLease> byUid() {
    return scope.in(cluster.client(), CredentialLease.class).list().getItems().stream()
        .collect(Collectors.toMap(Revocations::uid, Function.identity()));
  }

  private static String end(CredentialLease lease) {
    var denied = lease.getStatus() != null && lease.getStatus().phase() == LeasePhase.Denied;
    return denied ? "was denied: it held nothing" : "is revoked, and its account verified gone";
  }

  private static String uid(CredentialLease lease) {
    return lease.getMetadata().getUid();
  }
}
