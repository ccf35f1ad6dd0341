package dev.hallpass.reconcile;

import dev.hallpass.api.v1alpha1.CredentialApproval;
import dev.hallpass.api.v1alpha1.CredentialApprovalSpec.Decision;
import dev.hallpass.api.v1alpha1.CredentialApprovalSpec.Stamp;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.audit.AuditEvent;
import dev.hallpass.audit.AuditEvent.Verdict;
import dev.hallpass.audit.AuditLog;
import dev.hallpass.audit.Held;
import dev.hallpass.audit.Trace;
import dev.hallpass.reconcile.view.ClusterView;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Has the trail tell who said yes or no to which lease: once for each CredentialApproval, and once
 * more where another controller takes over, which cannot know what the one before it has told.
 * Those who stand by see the same, and say nothing.
 */
final class ApprovalRecords implements ResourceEventHandler<CredentialApproval> {
  private static final Logger LOG = Logger.getLogger(ApprovalRecords.class);

  private final ClusterView view;
  private final LiveLeases leases;
  private final AuditLog audit;
  private final Set<String> told = new HashSet<>();
  private final Map<String, CredentialApproval> untold = new HashMap<>();
  private boolean tells;

  /** Where a lease is looked up that the cache does not show. */
  @FunctionalInterface
  interface LiveLeases {
    /**
     * The lease of that name.
     *
     * @throws KubernetesClientException where that cannot be told
     */
    Optional<CredentialLease> get(String namespace, String name);
  }

  ApprovalRecords(ClusterView view, LiveLeases leases, AuditLog audit) {
    this.view = view;
    this.leases = leases;
    this.audit = audit;
    view.approvals().addEventHandler(this);
  }

  /** From now on this controller is the one that tells. */
  synchronized void begin() {
    tells = true;
    view.approvals().getStore().list().forEach(a -> tell(a, this::cached));
  }

  @Override
  public void onAdd(CredentialApproval added) {
    tell(added, this::found);
  }

  /** The same name can stand for another object by now. */
  @Override
  public void onUpdate(CredentialApproval before, CredentialApproval after) {
    tell(after, this::found);
  }

  @Override
  public synchronized void onDelete(CredentialApproval gone, boolean stale) {
    told.remove(gone.getMetadata().getUid());
  }

  /** Tells of those whose lease could not be read, however long ago, and deleted since or not. */
  synchronized void again() {
    List.copyOf(untold.values()).forEach(a -> tell(a, this::found));
  }

  private synchronized void tell(
      CredentialApproval approval,
      Function<CredentialApproval, Optional<CredentialLease>> leaseOf) {
    var stamp = approval.getSpec().stamp();
    if (!tells || stamp == null || told.contains(approval.getMetadata().getUid())) {
      return;
    }
    Optional<CredentialLease> found;
    try {
      found = leaseOf.apply(approval);
    } catch (KubernetesClientException e) {
      untold.put(approval.getMetadata().getUid(), approval);
      LOG.warnf(
          "approval not recorded yet, as its lease cannot be read: namespace=%s approval=%s lease=%s: %s",
          approval.getMetadata().getNamespace(),
          approval.getMetadata().getName(),
          approval.getSpec().leaseRef().name(),
          e.getMessage());
      return;
    }
    untold.remove(approval.getMetadata().getUid());
    found
        .filter(l -> isMeant(l, approval))
        .ifPresentOrElse(
            lease -> {
              told.add(approval.getMetadata().getUid());
              audit.note(event(approval, stamp, lease), Trace.ofLease(stamp.leaseUid()));
            },
            () ->
                LOG.infof(
                    "approval of a lease that is gone: namespace=%s approval=%s lease=%s",
                    approval.getMetadata().getNamespace(),
                    approval.getMetadata().getName(),
                    approval.getSpec().leaseRef().name()));
  }

  /** The same name can stand for another lease. */
  private static boolean isMeant(CredentialLease lease, CredentialApproval approval) {
    var stamp = approval.getSpec().stamp();
    return stamp != null && lease.getMetadata().getUid().equals(stamp.leaseUid());
  }

  private Optional<CredentialLease> cached(CredentialApproval approval) {
    return view.lease(approval.getMetadata().getNamespace(), approval.getSpec().leaseRef().name())
        .filter(l -> isMeant(l, approval));
  }

  /** The cache of leases can be behind that of approvals. */
  private Optional<CredentialLease> found(CredentialApproval approval) {
    return cached(approval)
        .or(
            () ->
                leases.get(
                    approval.getMetadata().getNamespace(), approval.getSpec().leaseRef().name()));
  }

  private static AuditEvent event(CredentialApproval approval, Stamp stamp, CredentialLease lease) {
    var spec = approval.getSpec();
    return new AuditEvent.Approval(
        Held.of(lease),
        approval.getMetadata().getName(),
        approval.getMetadata().getUid(),
        spec.decision() == Decision.Approve ? Verdict.Approve : Verdict.Deny,
        stamp.approver().username(),
        stamp.approver().groupsOrNone(),
        stamp.policies(),
        spec.scope().name(),
        stamp.time(),
        stamp.until(),
        spec.comment());
  }
}
