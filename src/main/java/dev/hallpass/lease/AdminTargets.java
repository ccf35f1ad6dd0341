package dev.hallpass.lease;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.api.v1alpha1.ProviderRef;
import dev.hallpass.kube.Catalog;
import dev.hallpass.provider.Target;
import dev.hallpass.provider.TargetException;
import dev.hallpass.provider.Targets;
import dev.hallpass.wire.Reason;
import io.fabric8.kubernetes.client.CustomResource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Targets to revoke at. The chart's admission policy keeps the admin Secret of a namespace that is
 * being deleted until its leases have ended. Where it is gone all the same, as without that policy,
 * the entries that were last read stand in for it. They are kept in memory alone.
 */
public final class AdminTargets {
  private final Catalog catalog;
  private final Targets targets;
  private final Map<String, Target> lastSeen = new ConcurrentHashMap<>();

  /** Finds targets through these. */
  public AdminTargets(Catalog catalog, Targets targets) {
    this.catalog = catalog;
    this.targets = targets;
  }

  /**
   * The target of the provider that a lease in this namespace names.
   *
   * @throws TargetException with {@code ProviderNotFound} or {@code AdminSecretUnavailable}
   */
  public Target of(ProviderRef ref, String namespace) {
    return of(
        catalog
            .provider(ref, namespace)
            .orElseThrow(
                () ->
                    new TargetException(
                        Reason.ProviderNotFound,
                        ("%s does not exist any more. Create it again, so that the account can be"
                                + " removed; or remove the account by hand, and then the lease's"
                                + " finalizer.")
                            .formatted(ref))));
  }

  /**
   * The target of this provider.
   *
   * @throws TargetException with {@code AdminSecretUnavailable} where its Secret cannot be read,
   *     and never could since this process started
   */
  public Target of(CustomResource<CredentialProviderSpec, CredentialProviderStatus> provider) {
    var uid = provider.getMetadata().getUid();
    try {
      var target = targets.target(provider);
      lastSeen.put(uid, target);
      return target;
    } catch (TargetException e) {
      var known = lastSeen.get(uid);
      if (known == null || !provider.isMarkedForDeletion()) {
        throw e;
      }
      return new Target(known.id(), provider.getSpec(), known.admin());
    }
  }

  /** Lets go of what was kept for a provider that is gone. */
  public void forget(String providerUid) {
    lastSeen.remove(providerUid);
  }
}
