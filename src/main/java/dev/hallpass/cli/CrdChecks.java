package dev.hallpass.cli;

import static dev.hallpass.cli.Check.failed;
import static dev.hallpass.cli.Check.ok;
import static dev.hallpass.cli.Check.unseen;
import static dev.hallpass.cli.Check.warning;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether the cluster has the kinds that this plugin knows, as it knows them. */
final class CrdChecks {
  private static final String CRDS = "CRDs";

  private CrdChecks() {}

  static List<Check> of(
      Reading<CustomResourceDefinition> seen, List<CustomResourceDefinition> ours) {
    if (seen.obstacle().isPresent()) {
      return List.of(unseen(CRDS, seen.obstacle().get()));
    }
    var theirs = seen.items().stream().collect(Collectors.toMap(CrdChecks::name, c -> c));
    var missing = ours.stream().map(CrdChecks::name).filter(n -> !theirs.containsKey(n)).toList();
    var misfits = ours.stream().flatMap(c -> misfit(c, theirs).stream()).toList();
    var checks = new ArrayList<Check>();
    if (!missing.isEmpty()) {
      checks.add(failed(CRDS, "missing: " + String.join(", ", missing), Check.CHART));
    }
    if (!misfits.isEmpty()) {
      checks.add(
          warning(
              CRDS,
              "not of this plugin's version: they differ at " + String.join(", ", misfits),
              "bring the plugin and the chart to one version"));
    }
    return checks.isEmpty()
        ? List.of(ok(CRDS, "%d, of this plugin's version".formatted(ours.size())))
        : checks;
  }

  private static Optional<String> misfit(
      CustomResourceDefinition ours, Map<String, CustomResourceDefinition> theirs) {
    return Optional.ofNullable(theirs.get(name(ours)))
        .flatMap(t -> Crds.misfit(ours, t))
        .map(path -> name(ours) + path);
  }

  private static String name(CustomResourceDefinition crd) {
    return crd.getMetadata().getName();
  }
}
