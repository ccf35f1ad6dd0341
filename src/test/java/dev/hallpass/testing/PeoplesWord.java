package dev.hallpass.testing;

import static dev.hallpass.api.v1alpha1.HallpassApi.CHANGED_BY_ANNOTATION;
import static dev.hallpass.api.v1alpha1.HallpassApi.CREATED_BY_ANNOTATION;

import dev.hallpass.api.v1alpha1.CredentialApproval;
import dev.hallpass.api.v1alpha1.CredentialApprovalSpec;
import dev.hallpass.api.v1alpha1.CredentialApprovalSpec.Decision;
import dev.hallpass.api.v1alpha1.CredentialApprovalSpec.LeaseRef;
import dev.hallpass.api.v1alpha1.CredentialApprovalSpec.Scope;
import dev.hallpass.api.v1alpha1.CredentialApprovalSpec.Stamp;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.Demand;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.UserIdentity;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Approvals with the stamps that the webhook would put on them; no webhook is there, and they may
 * be wrong.
 */
public final class PeoplesWord {
  private final KubernetesClient client;
  private final String namespace;

  /** Given in this namespace. */
  public PeoplesWord(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /** The request was written by {@code carol}. */
  public void asked(String request) {
    client
        .resources(CredentialRequest.class)
        .inNamespace(namespace)
        .withName(request)
        .edit(
            r -> {
              r.getMetadata()
                  .setAnnotations(
                      Map.of(CREATED_BY_ANNOTATION, "carol", CHANGED_BY_ANNOTATION, "carol"));
              return r;
            });
  }

  /** A yes to this lease. */
  public CredentialApproval yes(String user, CredentialLease lease) {
    return say(user, Decision.Approve, Scope.Lease, Instant.now().plus(Duration.ofHours(1)), lease);
  }

  /** A yes to all pods of the lease's request, until then. */
  public CredentialApproval yesToAll(String user, CredentialLease lease, Instant until) {
    return say(user, Decision.Approve, Scope.Workload, until, lease);
  }

  /** A no to this lease. */
  public CredentialApproval no(String user, CredentialLease lease) {
    return say(user, Decision.Deny, Scope.Lease, Instant.now().plus(Duration.ofHours(1)), lease);
  }

  private CredentialApproval say(
      String user, Decision decision, Scope scope, Instant until, CredentialLease lease) {
    var asked = lease.getStatus().approval();
    var approval = new CredentialApproval();
    approval.setMetadata(
        new ObjectMetaBuilder().withGenerateName("word-").withNamespace(namespace).build());
    approval.setSpec(
        new CredentialApprovalSpec(
            new LeaseRef(lease.getMetadata().getName(), lease.getMetadata().getUid()),
            decision,
            scope,
            scope == Scope.Workload ? until.toString() : null,
            "as " + user + " sees it",
            new Stamp(
                new UserIdentity(user, null, List.of("system:authenticated")),
                Instant.now().toString(),
                asked.policies().stream().map(Demand::name).toList(),
                lease.getMetadata().getUid(),
                lease.getSpec().pod().uid(),
                asked.digest(),
                until.toString())));
    return client.resource(approval).create();
  }
}
