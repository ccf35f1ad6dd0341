package dev.hallpass.cli;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.lease.LeaseJudge;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What can be known about a request.
 *
 * @param pods live ones of its namespace
 * @param leases of the request that are not over
 * @param judgements what the broker would say to each pod about each credential
 * @param dryRun what would become of a copy of a pod it selects; empty where it selects none
 */
record RequestEvidence(
    Instant now,
    CredentialRequest request,
    Reading<Namespace> namespace,
    Reading<Pod> pods,
    List<CredentialLease> leases,
    Map<Asked, Judgement> judgements,
    Optional<DryRun> dryRun) {
  /** Of many pods, the first few show what holds for the others. */
  private static final int ASKED = 5;

  /** A pod and the name of a credential. */
  record Asked(String pod, String credential) {}

  /** Gathers it. Throws what the client throws, but for what the user may not see. */
  static RequestEvidence read(
      Cluster cluster, BrokerSettings settings, CredentialRequest request, Instant now) {
    var client = cluster.client();
    var name = request.getMetadata().getNamespace();
    try (var reads = new Reads()) {
      var leases =
          reads.start(
              () -> client.resources(CredentialLease.class).inNamespace(name).list().getItems());
      var pods =
          reads.start(() -> Reading.of(() -> client.pods().inNamespace(name).list().getItems()));
      var preview = reads.start(() -> Preview.of(client, settings, now));
      var namespace = Reading.one(() -> client.namespaces().withName(name).get());
      var live =
          new Reading<>(
              pods.get().items().stream().filter(RequestEvidence::live).toList(),
              pods.get().obstacle());
      var selected =
          live.items().stream()
              .filter(p -> Selection.of(request, p) == Selection.SELECTED)
              .toList();
      return new RequestEvidence(
          now,
          request,
          namespace,
          live,
          leases.get().stream()
              .filter(l -> !LeaseJudge.over(l))
              .filter(l -> l.getSpec().requestRef().uid().equals(request.getMetadata().getUid()))
              .toList(),
          judgements(preview.get(), namespace, selected, request),
          selected.stream().findFirst().map(p -> DryRun.of(client, p)));
    }
  }

  private static Map<Asked, Judgement> judgements(
      Preview preview,
      Reading<Namespace> namespace,
      List<Pod> selected,
      CredentialRequest request) {
    var judgements = new LinkedHashMap<Asked, Judgement>();
    for (var pod : selected.stream().limit(ASKED).toList()) {
      for (var credential : request.getSpec().credentials()) {
        judgements.put(
            new Asked(pod.getMetadata().getName(), credential.name()),
            namespace.items().isEmpty()
                ? new Judgement.Unknown(namespace.obstacle().orElse("the namespace is gone"))
                : preview.judge(namespace.items().getFirst(), pod, request, credential));
      }
    }
    return judgements;
  }

  private static boolean live(Pod pod) {
    var phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
    return !pod.isMarkedForDeletion() && !"Succeeded".equals(phase) && !"Failed".equals(phase);
  }
}
