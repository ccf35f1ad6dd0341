package dev.hallpass.cli;

import static dev.hallpass.cli.Finding.blocks;
import static dev.hallpass.cli.Finding.tells;
import static dev.hallpass.cli.Finding.warns;

import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.cli.PodEvidence.Asked;
import dev.hallpass.lease.PodLife;
import dev.hallpass.lease.PodStanding;
import dev.hallpass.policy.Denial;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Why a pod has, or has not, the credentials of the requests that select it. Pure. */
final class PodExplainer {
  private static final Duration RECENT = Duration.ofMinutes(15);

  private final PodEvidence seen;
  private final List<CredentialRequest> selecting;
  private final List<Finding> findings = new ArrayList<>();
  private final LinkedHashSet<String> unseen = new LinkedHashSet<>();

  private PodExplainer(PodEvidence seen) {
    this.seen = seen;
    this.selecting =
        seen.requests().stream()
            .filter(r -> Selection.of(r, seen.pod()) == Selection.SELECTED)
            .toList();
  }

  static Explanation explain(PodEvidence seen) {
    return new PodExplainer(seen).explain();
  }

  private Explanation explain() {
    if (selecting.isEmpty()) {
      notSelected();
    }
    life();
    injection();
    agents();
    leases();
    decisions();
    events();
    dryRun();
    Stream.of(seen.namespace().obstacle(), seen.events().obstacle(), seen.log().obstacle())
        .flatMap(Optional::stream)
        .forEach(unseen::add);
    return new Explanation(
        "pod/" + seen.pod().getMetadata().getName(),
        headline(),
        List.copyOf(findings),
        List.copyOf(unseen));
  }

  private String headline() {
    if (selecting.isEmpty()) {
      return "is selected by no CredentialRequest";
    }
    var standings =
        selecting.stream()
            .map(r -> PodStanding.of(r, seen.pod(), seen.leases(), seen.now()))
            .toList();
    if (standings.stream().allMatch(s -> s instanceof PodStanding.Served)) {
      return "has its credentials";
    }
    if (standings.stream().anyMatch(s -> s instanceof PodStanding.Bare)) {
      return "was created without injection";
    }
    return standings.stream().anyMatch(s -> s instanceof PodStanding.Failing)
        ? "fails to get a credential"
        : "waits for a credential";
  }

  private void notSelected() {
    for (var request : seen.requests()) {
      var name = request.getMetadata().getName();
      var workload = request.getSpec().workload();
      switch (Selection.of(request, seen.pod())) {
        case OTHER_ACCOUNT ->
            findings.add(
                blocks(
                    Reason.ServiceAccountMismatch.name(),
                    "creq/%s selects the pod's labels, but is for service account %s; the pod runs as %s"
                        .formatted(
                            name, workload.serviceAccountName(), Selection.account(seen.pod())),
                    "set spec.serviceAccountName: %s in the pod, or correct spec.workload.serviceAccountName of the request"
                        .formatted(workload.serviceAccountName())));
        case OTHER_LABELS ->
            findings.add(
                warns(
                    Reason.NotSelected.name(),
                    "creq/%s is for the pod's service account, but selects other labels: %s"
                        .formatted(name, SelectorText.of(workload.selector())),
                    "label the pod so, or correct spec.workload.selector of the request"));
        case SELECTED, NONE -> {}
      }
    }
  }

  private void life() {
    switch (PodLife.of(seen.pod())) {
      case PodLife.Live() -> {}
      case PodLife.Completed(var message) -> findings.add(tells(Reason.PodEnded.name(), message));
      case PodLife.Ending(var deadline) ->
          findings.add(
              tells(
                  Reason.PodTerminating.name(),
                  "it is being deleted, and gets nothing new; it keeps what it has until %s"
                      .formatted(deadline)));
      case PodLife.Stopped() ->
          findings.add(tells(Reason.PodEnded.name(), "its containers have stopped"));
    }
  }

  private void injection() {
    var missing = selecting.stream().filter(r -> !injected(r)).toList();
    for (var request : missing) {
      var name = request.getMetadata().getName();
      var message = "creq/%s selects the pod, which was created without its agent".formatted(name);
      findings.add(
          labelled().filter(on -> !on).isPresent()
              ? blocks(
                  Reason.PodsNotInjected.name(),
                  message + ": the namespace is not labelled for injection",
                  "label the namespace, and create the pod anew: kubectl label namespace %s %s=enabled --overwrite%s"
                      .formatted(
                          seen.pod().getMetadata().getNamespace(),
                          HallpassApi.INJECTION_LABEL,
                          Anew.command(seen.pod()).map(c -> " && " + c).orElse("")))
              : blocks(
                  Reason.PodsNotInjected.name(),
                  message + (older(request) ? ": the pod is older than the request" : ""),
                  "create the pod anew" + Anew.command(seen.pod()).map(c -> ": " + c).orElse("")));
    }
  }

  private boolean injected(CredentialRequest request) {
    var annotations = seen.pod().getMetadata().getAnnotations();
    var value = annotations == null ? null : annotations.get(HallpassApi.INJECTED_ANNOTATION);
    return value != null
        && Arrays.asList(value.split(",", -1)).contains(request.getMetadata().getName());
  }

  private boolean older(CredentialRequest request) {
    var pod = seen.pod().getMetadata().getCreationTimestamp();
    var asked = request.getMetadata().getCreationTimestamp();
    return pod != null && asked != null && Instant.parse(pod).isBefore(Instant.parse(asked));
  }

  /** Whether the namespace asks for injection; empty where that may not be seen. */
  private Optional<Boolean> labelled() {
    return seen.namespace().items().stream()
        .findFirst()
        .map(
            n ->
                n.getMetadata().getLabels() == null
                    ? Map.<String, String>of()
                    : n.getMetadata().getLabels())
        .map(l -> "enabled".equals(l.get(HallpassApi.INJECTION_LABEL)));
  }

  private void agents() {
    for (var agent : HallpassApi.AGENT_CONTAINERS.stream().sorted().toList()) {
      switch (AgentState.of(seen.pod(), agent)) {
        case AgentState.Broken(var reason, var message) ->
            findings.add(
                blocks(
                    reason,
                    "the container %s: %s".formatted(agent, message.isEmpty() ? reason : message),
                    "more is said by: %s; %s"
                        .formatted(
                            command("describe pod " + seen.pod().getMetadata().getName()),
                            logs(agent))));
        case AgentState.Running(var ready, var restarts) -> {
          if (!ready) {
            var said = seen.log().items().isEmpty() ? "" : ": " + seen.log().items().getLast();
            findings.add(
                warns("AgentNotReady", "the agent runs, and has no credential yet" + said, null));
          } else if (restarts > 0) {
            findings.add(
                warns(
                    "AgentRestarted",
                    "the agent has restarted %d times".formatted(restarts),
                    "its last log says why: %s --previous".formatted(logs(agent))));
          }
        }
        case AgentState.Absent(), AgentState.Starting(), AgentState.Done() -> {}
      }
    }
  }

  /** To copy and run, whatever namespace is the current one. */
  private String command(String command) {
    return "kubectl -n %s %s".formatted(seen.pod().getMetadata().getNamespace(), command);
  }

  private String logs(String container) {
    return command("logs %s -c %s".formatted(seen.pod().getMetadata().getName(), container));
  }

  private void leases() {
    for (var lease : seen.leases()) {
      var view = LeaseView.of(lease);
      var what = "%s of creq/%s".formatted(view.credential(), view.request());
      if (view.phase() == LeasePhase.Active && LeaseView.endsSoon(lease, seen.now())) {
        findings.add(
            warns(
                "NotRenewed",
                "%s: the lease %s ends %s, and was not renewed in time"
                    .formatted(what, view.name(), Spans.until(view.expiresAt(), seen.now())),
                "the agent's log says why: " + logs(HallpassApi.AGENT_CONTAINER)));
      } else if (view.phase() == LeasePhase.Active) {
        findings.add(
            tells(
                Reason.Activated.name(),
                "%s: %s on %s as %s, expires %s"
                    .formatted(
                        what,
                        view.access(),
                        view.provider(),
                        view.subject(),
                        Spans.until(view.expiresAt(), seen.now()))));
      } else if (view.phase() == LeasePhase.AwaitingApproval) {
        var waiting = WaitingView.of(lease);
        findings.add(
            blocks(
                "AwaitingApproval",
                "%s: waits for people to say yes: %s, denied %s"
                    .formatted(what, waiting.asked(), Spans.until(waiting.deadline(), seen.now())),
                "somebody with the RBAC verb approve on the policy: kubectl hallpass approve %s -n %s"
                    .formatted(view.name(), view.namespace())));
      } else if (view.trouble() != null) {
        findings.add(
            warns(
                Reason.RevocationFailed.name(),
                "%s: the target has not confirmed the end of %s: %s"
                    .formatted(what, view.name(), view.trouble()),
                "it is tried again until it does; look at the provider " + view.provider()));
      } else {
        findings.add(
            tells(
                view.phase().name(),
                "%s: the lease %s is %s".formatted(what, view.name(), view.phase())));
      }
    }
  }

  private void decisions() {
    seen.judgements().forEach(this::decision);
  }

  private void decision(Asked asked, Judgement judgement) {
    switch (judgement) {
      case Judgement.Allowed allowed -> {
        findings.add(tells(Reason.Ready.name(), allowed.sentence(asked)));
        var reported = allowed.reported();
        if (!reported.isEmpty()) {
          findings.add(
              warns(
                  Reason.PolicyWouldDeny.name(),
                  "%s: %s".formatted(asked, Denial.sentence(reported)),
                  "it is denied once the policy is enforced"));
        }
      }
      case Judgement.Denied(var reason, var message) ->
          findings.add(
              blocks(reason.name(), "%s: %s".formatted(asked, message), Advice.on(reason)));
      case Judgement.Unknown(var obstacle) ->
          unseen.add("the decision on %s: %s".formatted(asked, obstacle));
    }
  }

  private void events() {
    seen.events().items().stream()
        .filter(e -> "Warning".equals(e.getType()))
        .filter(this::recent)
        .filter(e -> findings.stream().noneMatch(f -> f.reason().equals(e.getReason())))
        .forEach(
            e ->
                findings.add(
                    warns(
                        e.getReason(),
                        "%s (%s ago, %d times)"
                            .formatted(
                                e.getMessage(),
                                Spans.age(e.getLastTimestamp(), seen.now()),
                                e.getCount() == null ? 1 : e.getCount()),
                        null)));
  }

  private boolean recent(Event event) {
    return event.getLastTimestamp() != null
        && Duration.between(Instant.parse(event.getLastTimestamp()), seen.now()).compareTo(RECENT)
            < 0;
  }

  private void dryRun() {
    switch (seen.dryRun()) {
      case DryRun.Created(var requests) -> {
        if (!requests.isEmpty()) {
          findings.add(
              tells(
                  "DryRun",
                  "a copy of the pod would be created, with the agent for "
                      + String.join(", ", requests)));
        } else if (!selecting.isEmpty()) {
          findings.add(
              warns(
                  "DryRun",
                  "a copy of the pod would be created without the agent",
                  "kubectl hallpass doctor looks at the webhook, and at the namespace's label"));
        }
      }
      case DryRun.Refused(var message) ->
          findings.add(blocks("DryRun", "a copy of the pod would be refused: " + message, null));
      case DryRun.NotAsked(var obstacle) -> unseen.add("a dry run: " + obstacle);
    }
  }
}
