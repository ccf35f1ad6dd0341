package dev.hallpass.cli;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.lease.LeaseJudge;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What can be known about a pod and its credentials.
 *
 * @param namespace empty where it may not be seen
 * @param requests of its namespace
 * @param leases of the pod that are not over
 * @param events about the pod, that Hallpass wrote
 * @param log the last lines of its agent
 * @param judgements what the broker would say to it now
 * @param dryRun what would become of a copy
 */
record PodEvidence(
    Instant now,
    Pod pod,
    Reading<Namespace> namespace,
    List<CredentialRequest> requests,
    List<CredentialLease> leases,
    Reading<Event> events,
    Reading<String> log,
    Map<Asked, Judgement> judgements,
    DryRun dryRun) {
  private static final String COMPONENT = "hallpass";
  private static final int LINES = 3;

  /** A credential of a request that selects the pod. */
  record Asked(CredentialRequest request, RequestedCredential credential) {
    @Override
    public String toString() {
      return "%s of creq/%s".formatted(credential.name(), request.getMetadata().getName());
    }
  }

  /** Gathers it. Throws what the client throws, but for what the user may not see. */
  static PodEvidence read(Cluster cluster, BrokerSettings settings, Pod pod, Instant now) {
    var client = cluster.client();
    var name = pod.getMetadata().getNamespace();
    try (var reads = new Reads()) {
      var requests =
          reads.start(
              () -> client.resources(CredentialRequest.class).inNamespace(name).list().getItems());
      var leases =
          reads.start(
              () ->
                  client
                      .resources(CredentialLease.class)
                      .inNamespace(name)
                      .withLabel(HallpassApi.POD_UID_LABEL, pod.getMetadata().getUid())
                      .list()
                      .getItems());
      var events = reads.start(() -> Reading.of(() -> events(client, pod)));
      var log = reads.start(() -> Reading.of(() -> log(client, pod)));
      var preview = reads.start(() -> Preview.of(client, settings, now));
      var dryRun = reads.start(() -> DryRun.of(client, pod));
      var namespace = Reading.of(() -> present(client.namespaces().withName(name).get()));
      return new PodEvidence(
          now,
          pod,
          namespace,
          requests.get(),
          leases.get().stream().filter(l -> !LeaseJudge.over(l)).toList(),
          events.get(),
          log.get(),
          judgements(preview.get(), namespace, pod, requests.get()),
          dryRun.get());
    }
  }

  /** The credentials of the requests that select it. */
  private static Map<Asked, Judgement> judgements(
      Preview preview, Reading<Namespace> namespace, Pod pod, List<CredentialRequest> requests) {
    var judgements = new LinkedHashMap<Asked, Judgement>();
    requests.stream()
        .filter(r -> Selection.of(r, pod) == Selection.SELECTED)
        .forEach(
            r ->
                r.getSpec()
                    .credentials()
                    .forEach(
                        c ->
                            judgements.put(
                                new Asked(r, c),
                                namespace.items().isEmpty()
                                    ? new Judgement.Unknown(
                                        namespace.obstacle().orElse("the namespace is gone"))
                                    : preview.judge(namespace.items().getFirst(), pod, r, c))));
    return judgements;
  }

  private static List<Event> events(KubernetesClient client, Pod pod) {
    return client
        .v1()
        .events()
        .inNamespace(pod.getMetadata().getNamespace())
        .withField("involvedObject.uid", pod.getMetadata().getUid())
        .list()
        .getItems()
        .stream()
        .filter(e -> COMPONENT.equals(e.getReportingComponent()))
        .toList();
  }

  /** An agent that has not started has no log yet, which is no error. */
  private static List<String> log(KubernetesClient client, Pod pod) {
    var lines = new ArrayList<String>();
    for (var agent : HallpassApi.AGENT_CONTAINERS) {
      if (AgentState.of(pod, agent) instanceof AgentState.Running) {
        var text =
            client
                .pods()
                .inNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getMetadata().getName())
                .inContainer(agent)
                .tailingLines(LINES)
                .getLog();
        Arrays.stream(text.split("\\R", -1)).filter(l -> !l.isBlank()).forEach(lines::add);
      }
    }
    return lines;
  }

  private static List<Namespace> present(@org.jspecify.annotations.Nullable Namespace found) {
    return found == null ? List.of() : List.of(found);
  }
}
