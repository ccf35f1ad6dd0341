package dev.hallpass.reconcile.request;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.lease.PodStanding;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The live pods that a request concerns.
 *
 * @param selected how many it selects
 * @param waiting of these, how many have no credential yet
 * @param failing of these, how many have none though they should
 * @param unserved the ones that fail, then the ones that wait
 * @param bare of these, the ones that were created without the agent
 * @param strangers pods that carry the labels, run as another service account, and belong to no
 *     other request either
 * @param nextChange when a waiting pod begins to fail
 */
record PodCensus(
    int selected,
    int waiting,
    int failing,
    List<Pod> unserved,
    List<Pod> bare,
    List<Pod> strangers,
    Optional<Instant> nextChange) {

  /**
   * Counts.
   *
   * @param pods of the request's namespace
   * @param requests of the namespace
   * @param leases of the request
   */
  static PodCensus of(
      CredentialRequest request,
      List<Pod> pods,
      List<CredentialRequest> requests,
      List<CredentialLease> leases,
      Instant now) {
    var selected = 0;
    var waiting = new ArrayList<Pod>();
    var failing = new ArrayList<Pod>();
    var bare = new ArrayList<Pod>();
    var strangers = new ArrayList<Pod>();
    var changes = new ArrayList<Instant>();
    for (var pod : pods) {
      if (!live(pod) || !labelled(request, pod)) {
        continue;
      }
      if (!selects(request, pod)) {
        if (requests.stream().noneMatch(r -> selects(r, pod))) {
          strangers.add(pod);
        }
        continue;
      }
      selected++;
      switch (PodStanding.of(request, pod, leases, now)) {
        case PodStanding.Bare() -> bare.add(pod);
        case PodStanding.Served() -> {}
        case PodStanding.Waiting(var failsAt) -> {
          waiting.add(pod);
          failsAt.ifPresent(changes::add);
        }
        case PodStanding.Failing() -> failing.add(pod);
      }
    }
    return new PodCensus(
        selected,
        waiting.size(),
        failing.size(),
        Stream.concat(failing.stream(), waiting.stream()).toList(),
        List.copyOf(bare),
        List.copyOf(strangers),
        changes.stream().min(Instant::compareTo));
  }

  int injected() {
    return selected - bare.size();
  }

  /** Whether the pod carries the labels that the request selects by. */
  static boolean labelled(CredentialRequest request, Pod pod) {
    return request.getSpec().workload().selector().matches(pod.getMetadata().getLabels());
  }

  private static boolean selects(CredentialRequest request, Pod pod) {
    var account = request.getSpec().workload().serviceAccountName();
    return account.equals(pod.getSpec().getServiceAccountName()) && labelled(request, pod);
  }

  private static boolean live(Pod pod) {
    var phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
    return !pod.isMarkedForDeletion() && !"Succeeded".equals(phase) && !"Failed".equals(phase);
  }
}
