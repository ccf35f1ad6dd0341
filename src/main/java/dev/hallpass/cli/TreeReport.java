package dev.hallpass.cli;

import static java.util.Comparator.comparing;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.kube.Conditions;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.lease.PodStanding;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** Requests, the pods they select, and the leases of these. */
record TreeReport(String scope, Instant at, List<RequestNode> requests) {

  /** A request. */
  record RequestNode(
      String namespace,
      String name,
      boolean ready,
      String reason,
      String owner,
      String purpose,
      List<PodNode> pods) {}

  /** A pod, or what leases still say of one that is gone. */
  record PodNode(String name, Standing standing, List<LeaseView> leases) {}

  /** How a pod stands with the credentials of a request. */
  enum Standing {
    Served,
    Waiting,
    Failing,
    NotInjected,
    Ended,
    Gone
  }

  static TreeReport of(Snapshot seen, List<Pod> pods) {
    return new TreeReport(
        seen.scope().toString(),
        seen.at(),
        seen.requests().stream().map(r -> node(r, pods, leases(r, seen), seen.at())).toList());
  }

  private static List<CredentialLease> leases(CredentialRequest request, Snapshot seen) {
    return seen.leases().stream()
        .filter(l -> sameNamespace(l.getMetadata().getNamespace(), request))
        .filter(l -> l.getSpec().requestRef().name().equals(request.getMetadata().getName()))
        .toList();
  }

  private static boolean sameNamespace(String namespace, CredentialRequest request) {
    return namespace.equals(request.getMetadata().getNamespace());
  }

  private static RequestNode node(
      CredentialRequest request, List<Pod> all, List<CredentialLease> leases, Instant now) {
    var status = request.getStatus();
    var ready = Conditions.find(status == null ? null : status.conditions(), Conditions.READY);
    var pods =
        all.stream()
            .filter(p -> sameNamespace(p.getMetadata().getNamespace(), request))
            .filter(p -> Selection.of(request, p) == Selection.SELECTED || holds(p, leases))
            .toList();
    var present =
        pods.stream()
            .filter(p -> !ended(p) || holds(p, leases))
            .map(p -> pod(request, p, leases, now));
    var gone =
        leases.stream()
            .filter(l -> !LeaseJudge.over(l))
            .filter(l -> pods.stream().noneMatch(p -> isOf(l, p)))
            .map(
                l ->
                    new PodNode(l.getSpec().pod().name(), Standing.Gone, List.of(LeaseView.of(l))));
    return new RequestNode(
        request.getMetadata().getNamespace(),
        request.getMetadata().getName(),
        ready.filter(c -> "True".equals(c.getStatus())).isPresent(),
        ready.map(Condition::getReason).orElse("NotSeen"),
        request.getSpec().owner(),
        request.getSpec().purpose(),
        Stream.concat(present, gone).sorted(comparing(PodNode::name)).toList());
  }

  private static PodNode pod(
      CredentialRequest request, Pod pod, List<CredentialLease> leases, Instant now) {
    return new PodNode(
        pod.getMetadata().getName(),
        ended(pod)
            ? Standing.Ended
            : switch (PodStanding.of(request, pod, leases, now)) {
              case PodStanding.Bare() -> Standing.NotInjected;
              case PodStanding.Served() -> Standing.Served;
              case PodStanding.Waiting(var ignored) -> Standing.Waiting;
              case PodStanding.Failing() -> Standing.Failing;
            },
        leases.stream()
            .filter(l -> isOf(l, pod) && !LeaseJudge.over(l))
            .map(LeaseView::of)
            .toList());
  }

  private static boolean ended(Pod pod) {
    var phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
    return "Succeeded".equals(phase) || "Failed".equals(phase);
  }

  private static boolean holds(Pod pod, List<CredentialLease> leases) {
    return leases.stream().anyMatch(l -> isOf(l, pod) && !LeaseJudge.over(l));
  }

  private static boolean isOf(CredentialLease lease, Pod pod) {
    return lease.getSpec().pod().uid().equals(pod.getMetadata().getUid());
  }
}
