package dev.hallpass.lease;

import dev.hallpass.api.v1alpha1.CredentialLease;

/** A line of the log about a lease, with the keys by which people look for it. */
public final class LeaseLine {
  private LeaseLine() {}

  /**
   * The line.
   *
   * @param what happened, e.g. {@code lease ends}
   * @param reason the code
   */
  public static String of(String what, CredentialLease lease, Enum<?> reason, String message) {
    var spec = lease.getSpec();
    return "%s: namespace=%s lease=%s pod=%s provider=%s reason=%s: %s"
        .formatted(
            what,
            lease.getMetadata().getNamespace(),
            lease.getMetadata().getName(),
            spec.pod().name(),
            spec.providerRef(),
            reason,
            message);
  }
}
