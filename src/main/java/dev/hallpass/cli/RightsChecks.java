package dev.hallpass.cli;

import static dev.hallpass.cli.Check.ok;
import static dev.hallpass.cli.Check.told;
import static dev.hallpass.cli.Check.unseen;
import static dev.hallpass.cli.Check.warning;
import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What whoever runs the plugin may do. */
final class RightsChecks {
  private RightsChecks() {}

  /**
   * What the user may do.
   *
   * @param hidden why policies cannot be listed, where that is so
   */
  static List<Check> of(OwnRights seen, Optional<String> hidden) {
    return Stream.concat(
            Stream.of(rights(seen)),
            seen.mandates().stream().map(m -> mandate(m, seen.namespace(), hidden)))
        .toList();
  }

  private static Check rights(OwnRights seen) {
    var missing =
        seen.everyday().entrySet().stream()
            .filter(e -> !e.getValue())
            .map(Map.Entry::getKey)
            .map(r -> "%s %s (%s)".formatted(r.verb(), r.resource(), r.purpose()))
            .collect(joining(", "));
    return missing.isEmpty()
        ? ok("your rights", "all that everybody's work takes, in namespace " + seen.namespace())
        : warning(
            "your rights",
            "in namespace %s you may not %s".formatted(seen.namespace(), missing),
            "Kubernetes' roles view and edit include what Hallpass adds to them");
  }

  /** Most people have none of them, and that is well. */
  private static Check mandate(Mandate mandate, String namespace, Optional<String> hidden) {
    var kind = mandate.kind();
    var may =
        "you may %s%s in namespace %s"
            .formatted(mandate.held() ? "" : "not ", kind.deed(), namespace);
    if (kind == Mandate.Kind.APPROVE && mandate.here() && !mandate.held() && hidden.isPresent()) {
      return unseen(
          kind.verb(),
          "cannot tell without listing policies for which of them you may %s in namespace %s"
              .formatted(kind.deed(), namespace));
    }
    if (!mandate.held()) {
      return told(kind.verb(), "%s: you lack %s".formatted(may, lacking(mandate)));
    }
    return told(
        kind.verb(),
        mandate.anywhere()
            ? may
            : "%s, for %s alone".formatted(may, String.join(", ", mandate.policies())));
  }

  private static String lacking(Mandate mandate) {
    var kind = mandate.kind();
    var here =
        mandate.here()
            ? Stream.<String>empty()
            : Stream.of(
                "%s on %s there (ClusterRole %s)"
                    .formatted(kind.verbHere(), kind.resourceHere(), kind.roleHere()));
    var anywhere =
        mandate.anywhere() || !mandate.policies().isEmpty()
            ? Stream.<String>empty()
            : Stream.of(
                "%s on credentialpolicies in the cluster (%s)"
                    .formatted(kind.verb(), kind.roleAnywhere()));
    return Stream.concat(here, anywhere).collect(joining(", and "));
  }
}
