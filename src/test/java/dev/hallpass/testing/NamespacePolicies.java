package dev.hallpass.testing;

import dev.hallpass.api.v1alpha1.CredentialPolicy;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;

/** Policies about the namespace of a test alone: they have none of their own. */
public final class NamespacePolicies implements AutoCloseable {
  private final KubernetesClient client;
  private final String namespace;
  private final List<CredentialPolicy> made = new ArrayList<>();

  /** Makes them through this client. */
  public NamespacePolicies(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /** Makes one with this spec, or changes it to that; {@code match} is given. */
  public CredentialPolicy apply(String name, String spec) {
    var policy =
        Serialization.unmarshal(
            """
            apiVersion: hallpass.dev/v1alpha1
            kind: CredentialPolicy
            metadata: {name: %1$s-%2$s}
            spec:
              match:
                namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %1$s}}
            %3$s"""
                .formatted(namespace, name, spec.indent(2)),
            CredentialPolicy.class);
    var applied = client.resource(policy).serverSideApply();
    made.add(applied);
    return applied;
  }

  /** As the API server has it now. */
  public CredentialPolicy now(CredentialPolicy policy) {
    return client.resource(policy).get();
  }

  /** Deletes the one that was applied under this name. */
  public void delete(String name) {
    client.resources(CredentialPolicy.class).withName(namespace + "-" + name).delete();
  }

  @Override
  public void close() {
    made.forEach(p -> client.resource(p).delete());
  }
}
