package dev.hallpass.cli;

import static dev.hallpass.cli.Finding.blocks;
import static dev.hallpass.cli.Finding.tells;
import static dev.hallpass.cli.Finding.warns;
import static java.util.stream.Collectors.joining;

import dev.hallpass.kube.Conditions;
import dev.hallpass.lease.PodStanding;
import dev.hallpass.policy.Denial;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/** Why a request is, or is not, served. Pure. */
final class RequestExplainer {
  private static final int NAMED = 3;

  private final RequestEvidence seen;
  private final List<Pod> selected;
  private final List<Finding> findings = new ArrayList<>();
  private final LinkedHashSet<String> unseen = new LinkedHashSet<>();

  private RequestExplainer(RequestEvidence seen) {
    this.seen = seen;
    this.selected =
        seen.pods().items().stream()
            .filter(p -> Selection.of(seen.request(), p) == Selection.SELECTED)
            .toList();
  }

  static Explanation explain(RequestEvidence seen) {
    return new RequestExplainer(seen).explain();
  }

  private Explanation explain() {
    conditions();
    pods();
    leases();
    decisions();
    seen.dryRun().ifPresent(this::dryRun);
    seen.namespace().obstacle().ifPresent(unseen::add);
    seen.pods().obstacle().ifPresent(unseen::add);
    return new Explanation(
        "creq/" + seen.request().getMetadata().getName(),
        headline(),
        List.copyOf(findings),
        List.copyOf(unseen));
  }

  private String headline() {
    var served =
        selected.stream()
            .filter(
                p ->
                    PodStanding.of(seen.request(), p, seen.leases(), seen.now())
                        instanceof PodStanding.Served)
            .count();
    return seen.pods().obstacle().isPresent()
        ? "has %d leases".formatted(seen.leases().size())
        : selected.isEmpty()
            ? "selects no pod"
            : "serves %d of %d pods".formatted(served, selected.size());
  }

  private void conditions() {
    var status = seen.request().getStatus();
    if (status == null || status.conditions() == null) {
      findings.add(
          warns(
              "NotSeen",
              "the controller has not looked at the request yet",
              "where that lasts, kubectl hallpass doctor looks for the controller"));
      return;
    }
    status.conditions().stream()
        .filter(c -> !"True".equals(c.getStatus()))
        .forEach(this::condition);
    Conditions.find(status.conditions(), Conditions.READY)
        .filter(c -> "True".equals(c.getStatus()))
        .ifPresent(c -> findings.add(tells(c.getReason(), c.getMessage())));
  }

  private void condition(Condition condition) {
    findings.add(
        blocks(condition.getReason(), condition.getMessage(), Advice.on(condition.getReason())));
  }

  private void pods() {
    if (selected.isEmpty()) {
      nearMisses();
    }
    for (var pod : selected) {
      var name = pod.getMetadata().getName();
      switch (PodStanding.of(seen.request(), pod, seen.leases(), seen.now())) {
        case PodStanding.Failing() ->
            findings.add(
                blocks(
                    "PodFailing",
                    "pod/%s fails to get its credentials".formatted(name),
                    "kubectl hallpass explain pod/%s -n %s"
                        .formatted(name, pod.getMetadata().getNamespace())));
        case PodStanding.Waiting(var ignored) ->
            findings.add(
                warns(
                    "PodWaiting",
                    "pod/%s waits for a credential".formatted(name),
                    "kubectl hallpass explain pod/%s -n %s"
                        .formatted(name, pod.getMetadata().getNamespace())));
        // The condition PodsInjected has said so.
        case PodStanding.Bare(), PodStanding.Served() -> {}
      }
    }
  }

  private void nearMisses() {
    var workload = seen.request().getSpec().workload();
    for (var pod : seen.pods().items().stream().limit(NAMED).toList()) {
      if (Selection.of(seen.request(), pod) == Selection.OTHER_LABELS) {
        findings.add(
            warns(
                Reason.NotSelected.name(),
                "pod/%s runs as service account %s, but lacks the labels %s"
                    .formatted(
                        pod.getMetadata().getName(),
                        workload.serviceAccountName(),
                        SelectorText.of(workload.selector())),
                "label the pod so, or correct spec.workload.selector"));
      }
    }
  }

  private void leases() {
    seen.leases().stream()
        .map(LeaseView::of)
        .filter(l -> l.trouble() != null)
        .forEach(
            l ->
                findings.add(
                    warns(
                        Reason.RevocationFailed.name(),
                        "%s of pod %s: the target has not confirmed its end: %s"
                            .formatted(l.credential(), l.pod(), l.trouble()),
                        "it is tried again until it does; look at the provider " + l.provider())));
  }

  /** The same of several pods is said once. */
  private void decisions() {
    var same = new LinkedHashMap<Finding, List<String>>();
    seen.judgements()
        .forEach(
            (asked, judgement) ->
                finding(asked.credential(), judgement)
                    .ifPresent(
                        f -> same.computeIfAbsent(f, k -> new ArrayList<>()).add(asked.pod())));
    same.forEach(
        (finding, pods) ->
            findings.add(
                new Finding(
                    finding.weight(),
                    finding.reason(),
                    "%s (asked for %s)"
                        .formatted(
                            finding.message(),
                            pods.stream().distinct().map(p -> "pod/" + p).collect(joining(", "))),
                    finding.advice())));
  }

  private Optional<Finding> finding(String credential, Judgement judgement) {
    return switch (judgement) {
      case Judgement.Allowed allowed ->
          Optional.of(
              allowed.reported().isEmpty()
                  ? tells(Reason.Ready.name(), allowed.sentence(credential))
                  : warns(
                      Reason.PolicyWouldDeny.name(),
                      "%s: %s".formatted(credential, Denial.sentence(allowed.reported())),
                      "it is denied once the policy is enforced"));
      case Judgement.Denied(var reason, var message) ->
          Optional.of(
              blocks(reason.name(), "%s: %s".formatted(credential, message), Advice.on(reason)));
      case Judgement.Unknown(var obstacle) -> {
        unseen.add("the decision on %s: %s".formatted(credential, obstacle));
        yield Optional.empty();
      }
    };
  }

  private void dryRun(DryRun answer) {
    switch (answer) {
      case DryRun.Created(var requests) -> {
        var name = seen.request().getMetadata().getName();
        findings.add(
            requests.contains(name)
                ? tells("DryRun", "a copy of its pod would be created, with the agent")
                : warns(
                    "DryRun",
                    "a copy of its pod would be created without the agent for it",
                    "kubectl hallpass doctor looks at the webhook, and at the namespace's label"));
      }
      case DryRun.Refused(var message) ->
          findings.add(blocks("DryRun", "a copy of its pod would be refused: " + message, null));
      case DryRun.NotAsked(var obstacle) -> unseen.add("a dry run: " + obstacle);
    }
  }
}
