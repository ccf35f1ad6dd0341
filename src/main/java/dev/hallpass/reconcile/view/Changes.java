package dev.hallpass.reconcile.view;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.kube.Params;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.lease.RevokeOrder;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.client.CustomResource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Which changes of an object matter. */
public final class Changes {
  private Changes() {}

  /** Whether it is another object of the same name. */
  public static boolean identity(HasMetadata old, HasMetadata updated) {
    return !Objects.equals(old.getMetadata().getUid(), updated.getMetadata().getUid());
  }

  /** Any. */
  public static boolean any(HasMetadata old, HasMetadata updated) {
    return true;
  }

  /** Its data, or that it is another. */
  public static boolean data(ConfigMap old, ConfigMap updated) {
    return identity(old, updated) || !Params.data(old).equals(Params.data(updated));
  }

  /** Its spec, or that it is being deleted. */
  public static boolean spec(HasMetadata old, HasMetadata updated) {
    return !Objects.equals(old.getMetadata().getGeneration(), updated.getMetadata().getGeneration())
        || !Objects.equals(old.getMetadata().getUid(), updated.getMetadata().getUid())
        || old.isMarkedForDeletion() != updated.isMarkedForDeletion();
  }

  /** Its spec, that it is being deleted, or an order to revoke. */
  public static boolean specOrRevokeOrder(HasMetadata old, HasMetadata updated) {
    return spec(old, updated) || !RevokeOrder.of(old).equals(RevokeOrder.of(updated));
  }

  /** Its labels, or that it is being deleted. */
  public static boolean labels(HasMetadata old, HasMetadata updated) {
    return !Objects.equals(old.getMetadata().getLabels(), updated.getMetadata().getLabels())
        || old.isMarkedForDeletion() != updated.isMarkedForDeletion();
  }

  /** Its spec, its labels, or that it is being deleted. */
  public static boolean specOrLabels(HasMetadata old, HasMetadata updated) {
    return spec(old, updated) || labels(old, updated);
  }

  /** A lease's phase. */
  public static boolean phase(CredentialLease old, CredentialLease updated) {
    return LeaseJudge.phase(old) != LeaseJudge.phase(updated);
  }

  /** A provider's spec, or how it says that it is. */
  public static boolean provider(
      CustomResource<CredentialProviderSpec, CredentialProviderStatus> old,
      CustomResource<CredentialProviderSpec, CredentialProviderStatus> updated) {
    return spec(old, updated) || !conditions(old).equals(conditions(updated));
  }

  private static List<Condition> conditions(CustomResource<?, CredentialProviderStatus> provider) {
    var status = provider.getStatus();
    return status == null || status.conditions() == null ? List.of() : status.conditions();
  }

  /** Whether the node is ready. */
  public static boolean readiness(Node old, Node updated) {
    return !ready(old).equals(ready(updated));
  }

  /** The node's Ready condition. */
  public static Optional<NodeCondition> readyCondition(Node node) {
    return node.getStatus() == null
        ? Optional.empty()
        : node.getStatus().getConditions().stream()
            .filter(c -> "Ready".equals(c.getType()))
            .findFirst();
  }

  private static Optional<String> ready(Node node) {
    return readyCondition(node).map(NodeCondition::getStatus);
  }
}
