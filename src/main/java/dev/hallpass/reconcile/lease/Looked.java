package dev.hallpass.reconcile.lease;

import dev.hallpass.policy.Denial;
import dev.hallpass.policy.Denial.Ground;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a review of a lease looked at.
 *
 * @param policies those that are about it, by their names
 * @param around pod, request, namespace and provider
 * @param approvals of what it asks for
 */
record Looked(Map<String, Told> policies, Set<Edition> around, Set<Edition> approvals) {
  static final Looked NOTHING = new Looked(Map.of(), Set.of(), Set.of());

  /** An object as policies see it. */
  record Edition(String uid, long generation, Map<String, String> labels) {
    static Edition of(HasMetadata object) {
      var meta = object.getMetadata();
      return new Edition(
          meta.getUid(),
          Optional.ofNullable(meta.getGeneration()).orElse(0L),
          Optional.ofNullable(meta.getLabels()).orElse(Map.of()));
    }
  }

  /** Whether whoever denies says something else since the earlier review, or was not asked then. */
  boolean isNews(Denial denial, Looked earlier) {
    if (denial.ground() == Ground.Refusal) {
      return !approvals.equals(earlier.approvals);
    }
    var before = earlier.policies.get(denial.policy());
    if (before == null) {
      return !denial.policy().isEmpty();
    }
    var now = policies.get(denial.policy());
    return now == null || now.differs(before) || denial.generation() != before.generation();
  }
}
