package dev.hallpass.cli;

import static java.util.stream.Collectors.joining;

import dev.hallpass.api.v1alpha1.CredentialApproval;
import dev.hallpass.api.v1alpha1.CredentialApprovalSpec;
import dev.hallpass.api.v1alpha1.CredentialApprovalSpec.Decision;
import dev.hallpass.api.v1alpha1.CredentialApprovalSpec.LeaseRef;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.lease.LeaseJudge;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says yes or no to a lease that waits, as a CredentialApproval that Hallpass stamps. */
abstract sealed class DecideCommand implements Callable<Integer> {
  /** An approval's name is the lease's, and some letters. */
  private static final int LONGEST_PREFIX = 57;

  private final Surface surface;
  private final Cluster.Connector connector;
  private final Decision decision;

  @Mixin ClusterOptions where = new ClusterOptions();

  @Parameters(paramLabel = "WAITING-LEASE", description = "By its name.")
  String lease = "";

  @Option(
      names = "--comment",
      paramLabel = "TEXT",
      description = "Why, for whoever reads it later.")
  @Nullable String comment;

  private DecideCommand(Surface surface, Cluster.Connector connector, Decision decision) {
    this.surface = surface;
    this.connector = connector;
    this.decision = decision;
  }

  /** For how long a yes counts for the whole workload; null where it is about this lease alone. */
  abstract @Nullable String forWorkload();

  /**
   * Whether this is the lease that the person has read.
   *
   * @throws Failure where another one has its name, or nobody says
   */
  abstract boolean isMeant(CredentialLease found);

  @Command(name = "approve", description = "Says yes to a lease that waits for approval.")
  static final class Approve extends DecideCommand {
    @Option(
        names = "--workload-for",
        paramLabel = "TIME",
        description = "For all pods of the same request, for so long, e.g. 8h.")
    @Nullable String time;

    @Option(
        names = "--uid",
        paramLabel = "UID",
        description =
            "The metadata.uid of the lease that you have read: then nothing is asked, and another"
                + " lease of its name is not approved.")
    @Nullable String uid;

    private final Surface surface;

    Approve(Surface surface, Cluster.Connector connector) {
      super(surface, connector, Decision.Approve);
      this.surface = surface;
    }

    /** A name comes back where a lease is deleted and asked for again. */
    @Override
    boolean isMeant(CredentialLease found) {
      var actual = found.getMetadata().getUid();
      if (uid == null && surface.in() == null) {
        throw new Failure(
            ExitCode.USAGE,
            "nobody is there to ask: give --uid of the lease that you have read; clease/%s has %s"
                .formatted(lease, actual));
      }
      if (uid != null && !uid.equals(actual)) {
        throw new Failure(
            ExitCode.ABSENT,
            "clease/%s is another one now, with the UID %s; look at what it asks for"
                .formatted(lease, actual));
      }
      return uid != null || surface.confirmed(question(found));
    }

    private String question(CredentialLease found) {
      var spec = found.getSpec();
      return "clease/%s: %s wants \"%s\" of %s for pod %s (service account %s), %s at a time and %s at most, to %s. Approve it?"
          .formatted(
              lease,
              spec.owner(),
              spec.access(),
              spec.providerRef(),
              spec.pod().name(),
              spec.pod().serviceAccountName(),
              spec.ttl(),
              spec.maxLifetime(),
              spec.purpose());
    }

    @Override
    @Nullable String forWorkload() {
      return time;
    }
  }

  @Command(name = "deny", description = "Says no to a lease that waits, which ends it.")
  static final class Deny extends DecideCommand {
    Deny(Surface surface, Cluster.Connector connector) {
      super(surface, connector, Decision.Deny);
    }

    /** A no to what nobody has read gives nobody anything. */
    @Override
    boolean isMeant(CredentialLease found) {
      return true;
    }

    @Override
    @Nullable String forWorkload() {
      return null;
    }
  }

  @Override
  public Integer call() {
    var until = until();
    var cluster = connector.connect(where);
    var found = found(cluster);
    if (LeaseJudge.phase(found) != LeasePhase.AwaitingApproval) {
      surface.remark(
          "clease/%s waits for no approval: it is %s".formatted(lease, LeaseJudge.phase(found)));
      return ExitCode.FINDING.code();
    }
    if (!isMeant(found)) {
      surface.remark("nothing is decided");
      return ExitCode.FINDING.code();
    }
    var approval = new CredentialApproval();
    approval.getMetadata().setNamespace(cluster.namespace());
    approval
        .getMetadata()
        .setGenerateName(lease.substring(0, Math.min(lease.length(), LONGEST_PREFIX)) + "-");
    approval.setSpec(
        new CredentialApprovalSpec(
            new LeaseRef(lease, found.getMetadata().getUid()),
            decision,
            until == null
                ? CredentialApprovalSpec.Scope.Lease
                : CredentialApprovalSpec.Scope.Workload,
            until,
            comment,
            null));
    var made = cluster.client().resource(approval).create();
    surface.print(
        "clease/%s: %s is recorded as cappr/%s%s\n"
            .formatted(lease, decision, made.getMetadata().getName(), counted(made)));
    return ExitCode.OK.code();
  }

  private @Nullable String until() {
    var time = forWorkload();
    return time == null
        ? null
        : surface
            .clock()
            .instant()
            .plus(Times.parse("--workload-for", time))
            .truncatedTo(ChronoUnit.SECONDS)
            .toString();
  }

  private static String counted(CredentialApproval made) {
    var stamp = made.getSpec().stamp();
    return stamp == null
        ? ""
        : ", of %s, for %s"
            .formatted(
                stamp.approver().username(), stamp.policies().stream().collect(joining(", ")));
  }

  private CredentialLease found(Cluster cluster) {
    var name = lease.contains("/") ? Named.parse(lease, Named.Kind.LEASE).name() : lease;
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
    lease = name;
    return found;
  }
}
