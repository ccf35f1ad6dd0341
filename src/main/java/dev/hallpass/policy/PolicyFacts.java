package dev.hallpass.policy;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec.AccessLevel;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.CredentialRequestSpec.RequestedCredential;
import dev.hallpass.policy.IssueDecision.Allow;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What policies decide about. Each component is a variable of their expressions, under its name,
 * but {@code made}: all leases that are known to have answered the request, ended ones included.
 */
public record PolicyFacts(
    @JsonPropertyDescription("The pod that asks, as the API server has it now.") Pod pod,
    @JsonPropertyDescription("Its namespace; the word alone is reserved in CEL.")
        Namespace namespaceObject,
    @JsonPropertyDescription("The service account it runs as.") ServiceAccount serviceAccount,
    @JsonPropertyDescription("The CredentialRequest that selects it.") CredentialRequest request,
    @JsonPropertyDescription("The credential, as the request asks for it.")
        RequestedCredential credential,
    @JsonPropertyDescription("The provider that would mint it.") Provider provider,
    @JsonPropertyDescription("The access level, as the provider offers it.") AccessLevel access,
    @JsonPropertyDescription("How long an issue or renewal would be valid.") Duration ttl,
    @JsonPropertyDescription("The moment of the decision.") Instant now,
    @JsonPropertyDescription(
            "The lease that is activated, renewed or looked at again; null where none is there"
                + " yet.")
        @Nullable CredentialLease lease,
    @JsonPropertyDescription(
            "The workload behind the pod: what it says controls it, nearest first, e.g. its"
                + " ReplicaSet and the Deployment of that; empty where nothing does. Owner"
                + " references are the claim of the pod's author: verified is that a ReplicaSet,"
                + " Deployment, StatefulSet, DaemonSet, Job or CronJob of that name and UID exists,"
                + " not that it made the pod. Those that do not exist, and other kinds, are left"
                + " out.")
        Supplier<List<Owner>> owners,
    @JsonPropertyDescription("The node it runs on; null where that is gone.")
        Supplier<@Nullable Node> node,
    @JsonPropertyDescription(
            "The live leases of the workload: of all pods that the request selects, of whatever"
                + " credential, this pod's own included.")
        Supplier<List<CredentialLease>> leases,
    @JsonIgnore Supplier<List<CredentialLease>> made,
    @JsonPropertyDescription(
            "The data of the policy's own ConfigMap; empty where it names none. Of a policy with"
                + " paramKind that object, whole, of type dyn.")
        Map<String, String> params) {

  /**
   * The facts about a credential of a pod.
   *
   * @param allowed what request and provider allow
   * @param around read only where an expression asks
   */
  public static PolicyFacts of(
      Pod pod,
      Namespace namespace,
      CredentialRequest request,
      RequestedCredential credential,
      HasMetadata provider,
      Allow allowed,
      Instant now,
      @Nullable CredentialLease lease,
      Surroundings around) {
    var labels = provider.getMetadata().getLabels();
    var made = new Once<>(() -> around.leases(request));
    return new PolicyFacts(
        pod,
        namespace,
        new ServiceAccount(
            namespace.getMetadata().getName(), pod.getSpec().getServiceAccountName()),
        request,
        credential,
        new Provider(
            provider.getKind(),
            provider.getMetadata().getName(),
            labels == null ? Map.of() : labels),
        allowed.level(),
        allowed.ttl(),
        now,
        lease,
        () -> around.owners(pod),
        () -> around.node(pod).orElse(null),
        () -> made.get().stream().filter(Quota::live).toList(),
        made,
        Map.of());
  }

  /** A pod's service account. */
  public record ServiceAccount(
      @JsonPropertyDescription("Its namespace.") String namespace,
      @JsonPropertyDescription("Its name.") String name) {}

  /** A provider, without how to reach it. */
  public record Provider(
      @JsonPropertyDescription("CredentialProvider or ClusterCredentialProvider.") String kind,
      @JsonPropertyDescription("Its name.") String name,
      @JsonPropertyDescription("Its labels; empty where it has none.")
          Map<String, String> labels) {}

  /** What controls a pod, or what controls that; it exists. */
  public record Owner(
      @JsonPropertyDescription("Its API version.") String apiVersion,
      @JsonPropertyDescription("Its kind.") String kind,
      @JsonPropertyDescription("Its name.") String name) {}
}
