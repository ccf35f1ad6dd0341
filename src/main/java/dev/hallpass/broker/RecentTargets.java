package dev.hallpass.broker;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.kube.Recent;
import dev.hallpass.provider.Target;
import dev.hallpass.provider.Targets;
import io.fabric8.kubernetes.client.CustomResource;
import java.time.Clock;
import java.time.Duration;

/**
 * Targets with their admin Secret as it was read a moment ago, so that the calls of many pods that
 * start at once, and the two calls of each, read it once. A Secret that is rotated counts within
 * that time; connections that were made with the old one go on.
 */
final class RecentTargets {
  static final Duration MEMORY = Duration.ofSeconds(2);
  private static final int MOST = 256;

  private final Targets targets;
  private final Recent<Target> recent;

  RecentTargets(Targets targets, Clock clock) {
    this.targets = targets;
    this.recent = new Recent<>(MOST, MEMORY, clock);
  }

  /**
   * The target behind this provider, as the provider is now.
   *
   * @throws dev.hallpass.provider.TargetException as {@link Targets#target}
   */
  Target target(CustomResource<CredentialProviderSpec, CredentialProviderStatus> provider) {
    var key =
        provider.getMetadata().getUid() + "/" + provider.getMetadata().getGeneration().toString();
    return recent
        .get(key)
        .orElseGet(
            () -> {
              var target = targets.target(provider);
              recent.put(key, target);
              return target;
            });
  }
}
