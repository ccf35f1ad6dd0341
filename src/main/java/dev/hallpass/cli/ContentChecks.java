package dev.hallpass.cli;

import static dev.hallpass.cli.Check.failed;
import static dev.hallpass.cli.Check.ok;
import static dev.hallpass.cli.Check.unseen;
import static dev.hallpass.cli.Check.warning;

import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.HallpassApi;
import dev.hallpass.kube.Conditions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whether what people have applied can work: namespaces, providers, policies, break-glasses. */
final class ContentChecks {
  private final InstallationEvidence seen;

  private ContentChecks(InstallationEvidence seen) {
    this.seen = seen;
  }

  static List<Check> of(InstallationEvidence seen) {
    var checks = new ContentChecks(seen);
    var status = seen.status().items().stream().findFirst();
    return Stream.of(
            Stream.of(checks.namespaces(status)),
            status.stream().flatMap(checks::obstacles),
            status.map(checks::providers).orElseGet(() -> checks.unknown("providers")),
            checks.policies(),
            status.map(checks::breakGlasses).orElseGet(() -> checks.unknown("break-glasses")))
        .flatMap(s -> s)
        .toList();
  }

  private Stream<Check> unknown(String what) {
    return seen.status().obstacle().map(o -> unseen(what, o)).stream();
  }

  private Stream<Check> obstacles(StatusReport status) {
    return status.unseen().stream().map(o -> unseen(status.scope(), o));
  }

  private Check namespaces(Optional<StatusReport> status) {
    if (seen.labelled().obstacle().isPresent()) {
      return unseen("namespaces", seen.labelled().obstacle().get());
    }
    var names =
        seen.labelled().items().stream()
            .map(n -> n.getMetadata().getName())
            .collect(Collectors.toCollection(TreeSet::new));
    var forgotten = status.map(s -> forgotten(s, names)).orElseGet(List::of);
    return forgotten.isEmpty()
        ? ok("namespaces", "%d with injection".formatted(names.size()))
        : warning(
            "namespaces",
            "requests, but no injection, in " + String.join(", ", forgotten),
            "kubectl label namespace %s %s=enabled --overwrite"
                .formatted(String.join(" ", forgotten), HallpassApi.INJECTION_LABEL));
  }

  private static List<String> forgotten(StatusReport status, Set<String> labelled) {
    return status.requests().stream()
        .map(StatusReport.RequestLine::namespace)
        .distinct()
        .filter(n -> !labelled.contains(n))
        .sorted()
        .toList();
  }

  private Stream<Check> providers(StatusReport status) {
    var bad = status.providers().stream().filter(p -> !p.ready()).toList();
    var ready = "%d ready".formatted(status.providers().size());
    return bad.isEmpty()
        ? Stream.of(
            status.seesProviders()
                ? ok("providers", ready)
                : unseen("providers", ready + ", of those that you may see"))
        : bad.stream()
            .map(
                p ->
                    failed(
                        "provider " + p.name(),
                        "%s: %s".formatted(p.reason(), p.message()),
                        Advice.on(p.reason())));
  }

  private Stream<Check> policies() {
    if (seen.policies().obstacle().isPresent()) {
      return Stream.of(unseen("policies", seen.policies().obstacle().get()));
    }
    var bad = seen.policies().items().stream().flatMap(p -> broken(p).stream()).toList();
    return bad.isEmpty()
        ? Stream.of(ok("policies", "%d compile".formatted(seen.policies().items().size())))
        : bad.stream();
  }

  private static Optional<Check> broken(CredentialPolicy policy) {
    var status = policy.getStatus();
    return Conditions.find(status == null ? null : status.conditions(), Conditions.READY)
        .filter(c -> !"True".equals(c.getStatus()))
        .map(
            c ->
                failed(
                    "policy " + policy.getMetadata().getName(),
                    c.getMessage(),
                    "until it is corrected, it denies what it matches"));
  }

  private Stream<Check> breakGlasses(StatusReport status) {
    if (!status.seesBreakGlasses()) {
      return Stream.of(unseen("break-glasses", "you may not see whether one is open"));
    }
    return status.breakGlasses().isEmpty()
        ? Stream.of(ok("break-glasses", "none is open, and none waits for a review"))
        : status.breakGlasses().stream().map(this::breakGlass);
  }

  private Check breakGlass(BreakGlassView glass) {
    var what = "break-glass %s/%s".formatted(glass.namespace(), glass.name());
    var who = "opened by %s for %s".formatted(glass.openedBy(), glass.incident());
    return glass.open()
        ? warning(
            what,
            "open, ends %s; %s".formatted(Spans.until(glass.endsAt(), seen.now()), who),
            "policies give way until then; to end it: kubectl hallpass -n %s break-glass --end %s"
                .formatted(glass.namespace(), glass.name()))
        : warning(
            what,
            "unreviewed for %s; %s".formatted(Spans.age(glass.unreviewedSince(), seen.now()), who),
            "somebody else than the opener, with their outcome and comment: "
                + ReviewCommand.line(glass.name(), glass.namespace()));
  }
}
