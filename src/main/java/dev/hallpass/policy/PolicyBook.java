package dev.hallpass.policy;

import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.kube.KnownParams;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Policies, each compiled once for every generation of it. Thread-safe. */
public final class PolicyBook {
  private record Edition(String uid, long generation) {
    static Edition of(CredentialPolicy policy) {
      return new Edition(policy.getMetadata().getUid(), policy.getMetadata().getGeneration());
    }
  }

  private final Map<Edition, CompiledPolicy> compiled = new ConcurrentHashMap<>();

  /**
   * The policies, compiled; what is not among them is forgotten.
   *
   * @param params what is known of what they may take parameters from
   */
  public List<CompiledPolicy> of(Collection<CredentialPolicy> policies, KnownParams params) {
    var current = policies.stream().map(Edition::of).collect(Collectors.toSet());
    compiled.keySet().retainAll(current);
    return policies.stream()
        .map(
            p ->
                compiled
                    .computeIfAbsent(Edition.of(p), edition -> CompiledPolicy.of(p))
                    .with(params))
        .toList();
  }
}
