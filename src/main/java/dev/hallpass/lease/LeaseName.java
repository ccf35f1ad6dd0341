package dev.hallpass.lease;

import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * The name of a lease, {@code <pod>-<credential>-<hash>-<ordinal>}. Pod and credential give all but
 * the ordinal, so of two brokers that answer the same pod at once, etcd lets one create the lease.
 */
final class LeaseName {
  private static final int MAX_POD = 120;

  private final String stem;

  LeaseName(Claim claim) {
    var identity =
        String.join(
            "\n",
            claim.pod().uid(),
            claim.request().getMetadata().getUid(),
            claim.credential().name());
    var digest = UUID.nameUUIDFromBytes(identity.getBytes(StandardCharsets.UTF_8));
    var pod = claim.pod().name();
    var shortened = pod.length() > MAX_POD ? pod.substring(0, MAX_POD) : pod;
    stem =
        "%s-%s-%s-"
            .formatted(
                shortened.replaceAll("[^a-z0-9]+$", ""),
                claim.credential().name(),
                digest.toString().substring(0, 8));
  }

  /** The name of the n-th lease of this pod and credential. */
  String ordinal(int ordinal) {
    return stem + ordinal;
  }

  /** Which lease of this pod and credential the name is, if it is one. */
  OptionalInt ordinalOf(String name) {
    var rest = name.startsWith(stem) ? name.substring(stem.length()) : "";
    return rest.matches("[0-9]{1,9}")
        ? OptionalInt.of(Integer.parseInt(rest))
        : OptionalInt.empty();
  }
}
