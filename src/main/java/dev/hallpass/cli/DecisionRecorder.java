package dev.hallpass.cli;

import static java.util.stream.Collectors.joining;

import dev.hallpass.api.v1alpha1.CredentialApproval;
import dev.hallpass.api.v1alpha1.CredentialApprovalSpec;
import dev.hallpass.api.v1alpha1.CredentialApprovalSpec.Decision;
import dev.hallpass.api.v1alpha1.CredentialApprovalSpec.LeaseRef;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.lease.LeaseJudge;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Records a person's yes or no to a lease that waits, as a CredentialApproval that Hallpass stamps.
 */
final class DecisionRecorder {
  /** An approval's name is the lease's, and some letters. */
  private static final int LONGEST_PREFIX = 57;

  private final Surface surface;
  private final Cluster.Connector connector;

  DecisionRecorder(Surface surface, Cluster.Connector connector) {
    this.surface = surface;
    this.connector = connector;
  }

  /**
   * Records it, unless the lease waits no more, or is not the one that is meant.
   *
   * @param until when it stops counting for the whole workload; null where it is about this lease
   *     alone
   * @param isMeant whether this is the lease that the person has read
   * @throws Failure where there is no such lease, or it is not known which one is meant
   */
  ExitCode record(
      DecisionOptions asked,
      Decision decision,
      @Nullable String until,
      Predicate<CredentialLease> isMeant) {
    var cluster = connector.connect(asked.where);
    var found = found(cluster, asked.name());
    var name = found.getMetadata().getName();
    if (LeaseJudge.phase(found) != LeasePhase.AwaitingApproval) {
      surface.remark(
          "clease/%s waits for no approval: it is %s".formatted(name, LeaseJudge.phase(found)));
      return ExitCode.FINDING;
    }
    if (!isMeant.test(found)) {
      surface.remark("nothing is decided");
      return ExitCode.FINDING;
    }
    var made = cluster.client().resource(approval(found, decision, until, asked.comment)).create();
    surface.print(
        "clease/%s: %s is recorded as cappr/%s%s\n"
            .formatted(name, decision, made.getMetadata().getName(), counted(made)));
    return ExitCode.OK;
  }

  private static CredentialLease found(Cluster cluster, String name) {
    var found =
        cluster
            .client()
            .resources(CredentialLease.class)
            .inNamespace(cluster.namespace())
            .withName(name)
            .get();
    if (found == null) {
      throw new Failure(
          ExitCode.ABSENT,
          "there is no lease %s in namespace %s".formatted(name, cluster.namespace()));
    }
    return found;
  }

  private static CredentialApproval approval(
      CredentialLease lease, Decision decision, @Nullable String until, @Nullable String comment) {
    var metadata = lease.getMetadata();
    var name = metadata.getName();
    var approval = new CredentialApproval();
    approval.getMetadata().setNamespace(metadata.getNamespace());
    approval
        .getMetadata()
        .setGenerateName(name.substring(0, Math.min(name.length(), LONGEST_PREFIX)) + "-");
    approval.setSpec(
        new CredentialApprovalSpec(
            new LeaseRef(name, metadata.getUid()),
            decision,
            until == null
                ? CredentialApprovalSpec.Scope.Lease
                : CredentialApprovalSpec.Scope.Workload,
            until,
            comment,
            null));
    return approval;
  }

  private static String counted(CredentialApproval made) {
    var stamp = made.getSpec().stamp();
    return stamp == null
        ? ""
        : ", of %s, for %s"
            .formatted(
                stamp.approver().username(), stamp.policies().stream().collect(joining(", ")));
  }
}
