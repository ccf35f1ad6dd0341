package dev.hallpass.cli;

import static dev.hallpass.cli.Check.failed;
import static dev.hallpass.cli.Check.ok;
import static dev.hallpass.cli.Check.unseen;
import static dev.hallpass.cli.Check.warning;
import static java.util.stream.Collectors.joining;

import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.kube.Conditions;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhook;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Judges an installation by what can be seen of it. Pure. */
final class Checkup {
  private static final Duration SOON = Duration.ofDays(3);
  private static final String CHART = "install or upgrade the chart: docs/install.md";
  private static final String SERVING = "tls.crt";

  private final InstallationEvidence seen;
  private final List<CustomResourceDefinition> ours;
  private final List<Check> checks = new ArrayList<>();

  private Checkup(InstallationEvidence seen, List<CustomResourceDefinition> ours) {
    this.seen = seen;
    this.ours = ours;
  }

  /**
   * Judges.
   *
   * @param ours the CRDs that go with this plugin
   */
  static List<Check> of(InstallationEvidence seen, List<CustomResourceDefinition> ours) {
    var checkup = new Checkup(seen, ours);
    checkup.run();
    return List.copyOf(checkup.checks);
  }

  private void run() {
    checks.add(ok("API server", seen.version()));
    crds();
    process("hallpass-broker");
    process("hallpass-controller");
    leader();
    webhook();
    serving();
    namespaces();
    providers();
    policies();
    rights();
  }

  private void crds() {
    if (seen.crds().obstacle().isPresent()) {
      checks.add(unseen("CRDs", seen.crds().obstacle().get()));
      return;
    }
    var theirs =
        seen.crds().items().stream()
            .collect(Collectors.toMap(c -> c.getMetadata().getName(), c -> c));
    var missing =
        ours.stream()
            .map(c -> c.getMetadata().getName())
            .filter(n -> !theirs.containsKey(n))
            .toList();
    if (!missing.isEmpty()) {
      checks.add(failed("CRDs", "missing: " + String.join(", ", missing), CHART));
    }
    var misfits =
        ours.stream()
            .filter(c -> theirs.containsKey(c.getMetadata().getName()))
            .flatMap(
                c ->
                    Optional.ofNullable(theirs.get(c.getMetadata().getName()))
                        .flatMap(t -> Crds.misfit(c, t))
                        .map(path -> c.getMetadata().getName() + path)
                        .stream())
            .toList();
    if (!misfits.isEmpty()) {
      checks.add(
          warning(
              "CRDs",
              "not of this plugin's version: they differ at " + String.join(", ", misfits),
              "bring the plugin and the chart to one version"));
    }
    if (missing.isEmpty() && misfits.isEmpty()) {
      checks.add(ok("CRDs", "%d, of this plugin's version".formatted(ours.size())));
    }
  }

  private void process(String name) {
    if (seen.deployments().obstacle().isPresent()) {
      checks.add(unseen(name, seen.deployments().obstacle().get()));
      return;
    }
    var found =
        seen.deployments().items().stream()
            .filter(d -> d.getMetadata().getName().equals(name))
            .findFirst();
    checks.add(
        found
            .map(d -> process(name, d))
            .orElseGet(
                () ->
                    failed(
                        name,
                        "there is no such Deployment in namespace " + seen.systemNamespace(),
                        CHART + "; or name Hallpass's namespace by --system-namespace")));
  }

  private Check process(String name, Deployment deployment) {
    var wanted = orZero(deployment.getSpec().getReplicas());
    var ready =
        deployment.getStatus() == null ? 0 : orZero(deployment.getStatus().getReadyReplicas());
    var detail = "%d of %d replicas are ready".formatted(ready, wanted);
    var look = "kubectl -n %s describe deployment %s".formatted(seen.systemNamespace(), name);
    if (ready == 0) {
      return failed(name, detail, look);
    }
    if (ready < wanted) {
      return warning(name, detail, look);
    }
    return wanted < 2
        ? warning(
            name, detail + ": while it restarts there is none", "set replicas to 2 in the chart")
        : ok(name, detail);
  }

  private static int orZero(@org.jspecify.annotations.Nullable Integer number) {
    return number == null ? 0 : number;
  }

  private void leader() {
    if (seen.leader().obstacle().isPresent()) {
      checks.add(unseen("leader", seen.leader().obstacle().get()));
      return;
    }
    var lease = seen.leader().items().stream().findFirst();
    var holder = lease.map(l -> l.getSpec().getHolderIdentity()).filter(h -> !h.isEmpty());
    var overdue =
        lease
            .filter(l -> l.getSpec().getRenewTime() != null)
            .map(
                l ->
                    Duration.between(l.getSpec().getRenewTime().toInstant(), seen.now())
                        .minusSeconds(orZero(l.getSpec().getLeaseDurationSeconds())));
    checks.add(
        holder.isEmpty()
            ? failed("leader", "no controller leads: nothing is revoked", "look at its log")
            : overdue.filter(o -> o.isPositive()).isPresent()
                ? failed(
                    "leader",
                    "%s led, and has not been heard of for %s: nothing is revoked"
                        .formatted(holder.get(), Spans.of(overdue.get())),
                    "look at the controller's log")
                : ok("leader", holder.get()));
  }

  private void webhook() {
    if (seen.webhook().obstacle().isPresent()) {
      checks.add(unseen("webhook", seen.webhook().obstacle().get()));
      return;
    }
    var hooks = seen.webhook().items().stream().flatMap(w -> w.getWebhooks().stream()).toList();
    if (hooks.isEmpty()) {
      checks.add(
          failed(
              "webhook",
              "there is no MutatingWebhookConfiguration hallpass: no pod is injected",
              CHART));
    }
    hooks.forEach(this::webhook);
  }

  private void webhook(MutatingWebhook hook) {
    var bundle = hook.getClientConfig().getCaBundle();
    var expiry = bundle == null ? Optional.<Instant>empty() : Certificates.lastExpiry(bundle);
    var service = hook.getClientConfig().getService();
    if (service == null || !service.getNamespace().equals(seen.systemNamespace())) {
      checks.add(
          failed(
              "webhook",
              "its service is not in namespace " + seen.systemNamespace(),
              "name Hallpass's namespace by --system-namespace, or upgrade the chart"));
    } else if (expiry.isEmpty()) {
      checks.add(
          failed(
              "webhook",
              "it has no caBundle: the API server refuses every pod of labelled namespaces",
              "the leading controller writes it within a minute; look at its log"));
    } else if (!"Fail".equals(hook.getFailurePolicy())) {
      checks.add(
          failed(
              "webhook",
              "failurePolicy is %s: pods start without their credentials while no broker answers"
                  .formatted(hook.getFailurePolicy()),
              "set webhook.failurePolicy: Fail in the chart"));
    } else {
      checks.add(expiring("webhook", "its CA is trusted", expiry.get()));
    }
  }

  private Check expiring(String what, String detail, Instant end) {
    var left = Duration.between(seen.now(), end);
    var line = "%s until %s".formatted(detail, end);
    var look = "the leading controller renews it in time; look at its log";
    if (left.isNegative()) {
      return failed(what, "expired at " + end, look);
    }
    return left.compareTo(SOON) < 0 ? warning(what, line, look) : ok(what, line);
  }

  private void serving() {
    if (seen.serving().obstacle().isPresent()) {
      checks.add(unseen("serving certificate", seen.serving().obstacle().get()));
      return;
    }
    checks.add(
        seen.serving().items().stream()
            .findFirst()
            .map(s -> s.getData() == null ? null : s.getData().get(SERVING))
            .flatMap(Certificates::lastExpiry)
            .map(end -> expiring("serving certificate", "valid", end))
            .orElseGet(
                () ->
                    failed(
                        "serving certificate",
                        "there is none in Secret hallpass-serving",
                        "the leading controller makes it; look at its log")));
  }

  private void namespaces() {
    if (seen.labelled().obstacle().isPresent()) {
      checks.add(unseen("namespaces", seen.labelled().obstacle().get()));
      return;
    }
    var names =
        seen.labelled().items().stream()
            .map(n -> n.getMetadata().getName())
            .collect(Collectors.toCollection(java.util.TreeSet::new));
    var forgotten = forgotten(names);
    checks.add(
        forgotten.isEmpty()
            ? ok("namespaces", "%d with injection".formatted(names.size()))
            : warning(
                "namespaces",
                "requests, but no injection, in " + String.join(", ", forgotten),
                "kubectl label namespace NAME %s=enabled".formatted(HallpassApi.INJECTION_LABEL)));
  }

  private List<String> forgotten(Set<String> labelled) {
    return seen.status().stream()
        .flatMap(s -> s.requests().stream())
        .map(StatusReport.RequestLine::namespace)
        .distinct()
        .filter(n -> !labelled.contains(n))
        .sorted()
        .toList();
  }

  private void providers() {
    var providers = seen.status().stream().flatMap(s -> s.providers().stream()).toList();
    var bad = providers.stream().filter(p -> !p.ready()).toList();
    bad.forEach(
        p ->
            checks.add(
                failed(
                    "provider " + p.name(),
                    "%s: %s".formatted(p.reason(), p.message()),
                    Advice.on(p.reason()))));
    if (bad.isEmpty()) {
      checks.add(ok("providers", "%d ready".formatted(providers.size())));
    }
  }

  private void policies() {
    if (seen.policies().obstacle().isPresent()) {
      checks.add(unseen("policies", seen.policies().obstacle().get()));
      return;
    }
    var bad = new ArrayList<Check>();
    for (var policy : seen.policies().items()) {
      var status = policy.getStatus();
      Conditions.find(status == null ? null : status.conditions(), Conditions.READY)
          .filter(c -> !"True".equals(c.getStatus()))
          .ifPresent(
              c ->
                  bad.add(
                      failed(
                          "policy " + policy.getMetadata().getName(),
                          c.getMessage(),
                          "until it is corrected, it denies what it matches")));
    }
    checks.addAll(bad);
    if (bad.isEmpty()) {
      checks.add(ok("policies", "%d compile".formatted(seen.policies().items().size())));
    }
  }

  private void rights() {
    var missing =
        seen.rights().entrySet().stream()
            .filter(e -> !e.getValue())
            .map(Map.Entry::getKey)
            .map(r -> "%s %s (%s)".formatted(r.verb(), r.resource(), r.purpose()))
            .collect(joining(", "));
    checks.add(
        missing.isEmpty()
            ? ok("your rights", "all that the plugin uses, in your namespace")
            : warning(
                "your rights",
                "you may not " + missing,
                "Kubernetes' roles view and edit include what Hallpass adds to them"));
  }
}
