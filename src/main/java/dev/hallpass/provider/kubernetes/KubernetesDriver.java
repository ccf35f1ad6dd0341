package dev.hallpass.provider.kubernetes;

import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import dev.hallpass.api.v1alpha1.Delivery;
import dev.hallpass.api.v1alpha1.KubernetesAccess;
import dev.hallpass.provider.Fields;
import dev.hallpass.provider.Grant;
import dev.hallpass.provider.Material;
import dev.hallpass.provider.Renewal;
import dev.hallpass.provider.Subject;
import dev.hallpass.provider.Target;
import dev.hallpass.provider.TargetDriver;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Service accounts of the cluster that Hallpass runs in: each lease is an empty Secret, and its
 * tokens are bound to that. What a token may do is what is bound to its service account.
 *
 * <p>Kubernetes knows no token that is not yet good: {@link #issue} makes one that works, and
 * {@link #activate} only checks that its lease still stands. A token ends for all with its Secret.
 */
public final class KubernetesDriver implements TargetDriver {
  private final KubernetesClient client;
  private final String hallpassNamespace;
  private final Clock clock;

  /**
   * Mints through this client, with the rights that owners gave it.
   *
   * @param hallpassNamespace Hallpass's own namespace, where it mints nothing
   */
  public KubernetesDriver(KubernetesClient client, String hallpassNamespace, Clock clock) {
    this.client = client;
    this.hallpassNamespace = hallpassNamespace;
    this.clock = clock;
  }

  @Override
  public boolean serves(CredentialProviderSpec spec) {
    return spec.kubernetes() != null;
  }

  @Override
  public Renewal renewal() {
    return Renewal.Reissue;
  }

  @Override
  public Set<Delivery.Format> formats() {
    return EnumSet.of(
        Delivery.Format.Kubeconfig,
        Delivery.Format.Token,
        Delivery.Format.Json,
        Delivery.Format.Properties,
        Delivery.Format.Yaml,
        Delivery.Format.Template);
  }

  @Override
  public Fields fields(CredentialProviderSpec spec) {
    return new ClusterAddress(client.getConfiguration()).fields(spec);
  }

  @Override
  public String address(CredentialProviderSpec spec) {
    return new ClusterAddress(client.getConfiguration()).server(spec);
  }

  @Override
  public Material issue(Target target, Grant grant) {
    var namespace = namespace(target);
    var access = access(grant.level());
    var anchor = new Anchors(client, namespace).at(grant);
    var token = new Tokens(client, namespace, clock).mint(access, anchor, grant.expiresAt());
    return new ClusterAddress(client.getConfiguration())
        .material(target.spec(), namespace, access.serviceAccountName(), token);
  }

  @Override
  public void activate(Target target, Grant grant) {
    new Anchors(client, namespace(target)).require(grant);
  }

  /** Checks alone: the expiry of a token cannot be moved. */
  @Override
  public void renew(Target target, Grant grant) {
    activate(target, grant);
  }

  @Override
  public void revoke(Target target, Subject subject) {
    new Anchors(client, namespace(target)).remove(subject);
  }

  @Override
  public List<Subject> inventory(Target target, String installation) {
    return new Anchors(client, namespace(target)).list(installation);
  }

  @Override
  public void probe(Target target) {
    new RightsCheck(client, namespace(target))
        .check(
            target.spec().access().stream()
                .map(l -> access(l).serviceAccountName())
                .distinct()
                .toList());
  }

  /** The client is its owner's to close. */
  @Override
  public void close() {}

  private String namespace(Target target) {
    return TargetNamespace.of(target, hallpassNamespace);
  }

  private static KubernetesAccess access(AccessLevel level) {
    return Objects.requireNonNull(level.kubernetes(), "schema: access.kubernetes");
  }
}
