package dev.hallpass.cli;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import java.util.List;
import java.util.stream.Stream;

/** Judges an installation by what can be seen of it. Pure. */
final class Checkup {
  private Checkup() {}

  /**
   * Judges.
   *
   * @param ours the CRDs that go with this plugin
   */
  static List<Check> of(InstallationEvidence seen, List<CustomResourceDefinition> ours) {
    return Stream.of(
            List.of(Check.ok("API server", seen.version())),
            CrdChecks.of(seen.crds(), ours),
            ProcessChecks.of(seen),
            WebhookChecks.of(seen),
            ContentChecks.of(seen),
            RightsChecks.of(seen.rights(), seen.policies().obstacle()))
        .flatMap(List::stream)
        .toList();
  }
}
