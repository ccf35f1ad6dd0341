package dev.hallpass.provider.kubernetes;

import dev.hallpass.api.v1alpha1.Kubernetes;
import dev.hallpass.provider.Target;
import dev.hallpass.provider.TargetException;
import dev.hallpass.wire.Reason;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The namespace that a provider may mint in. Whoever writes a CredentialProvider speaks for its
 * namespace alone; and no provider gets at what runs the cluster, or at Hallpass itself.
 */
final class TargetNamespace {
  private static final String SYSTEM = "kube-";

  private TargetNamespace() {}

  /**
   * The namespace.
   *
   * @throws TargetException with {@code ServiceAccountNotAllowed}
   */
  static String of(Target target, String hallpassNamespace) {
    var asked = spec(target).namespace();
    var id = target.id().split("/", 3);
    var namespace = id[0].equals("ClusterCredentialProvider") ? asked : own(asked, id[1]);
    if (namespace == null) {
      throw refused("a ClusterCredentialProvider must name the namespace of its service accounts");
    }
    if (namespace.startsWith(SYSTEM)) {
      throw refused("no tokens are minted in the system namespace " + namespace);
    }
    if (namespace.equals(hallpassNamespace)) {
      throw refused("no tokens are minted for Hallpass's own service accounts, in " + namespace);
    }
    return namespace;
  }

  private static String own(@Nullable String asked, String own) {
    if (asked != null && !asked.equals(own)) {
      throw refused(
          ("a CredentialProvider mints in its own namespace %s alone, not in %s; a"
                  + " ClusterCredentialProvider can")
              .formatted(own, asked));
    }
    return own;
  }

  static Kubernetes spec(Target target) {
    return Objects.requireNonNull(target.spec().kubernetes(), "not a Kubernetes provider");
  }

  private static TargetException refused(String why) {
    return new TargetException(
        Reason.ServiceAccountNotAllowed, "spec.kubernetes.namespace: " + why);
  }
}
