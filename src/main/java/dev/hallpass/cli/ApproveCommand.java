package dev.hallpass.cli;

import dev.hallpass.api.v1alpha1.CredentialApprovalSpec.Decision;
import dev.hallpass.api.v1alpha1.CredentialLease;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "approve", description = "Says yes to a lease that waits for approval.")
final class ApproveCommand implements Callable<Integer> {
  private final Surface surface;
  private final DecisionRecorder recorder;

  @Mixin DecisionOptions asked = new DecisionOptions();

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

  ApproveCommand(Surface surface, Cluster.Connector connector) {
    this.surface = surface;
    this.recorder = new DecisionRecorder(surface, connector);
  }

  @Override
  public Integer call() {
    return recorder.record(asked, Decision.Approve, until(), this::isMeant).code();
  }

  private @Nullable String until() {
    return time == null
        ? null
        : surface
            .clock()
            .instant()
            .plus(Times.parse("--workload-for", time))
            .truncatedTo(ChronoUnit.SECONDS)
            .toString();
  }

  /** A name comes back where a lease is deleted and asked for again. */
  private boolean isMeant(CredentialLease found) {
    var name = found.getMetadata().getName();
    var actual = found.getMetadata().getUid();
    if (uid == null && surface.in() == null) {
      throw new Failure(
          ExitCode.USAGE,
          "nobody is there to ask: give --uid of the lease that you have read; clease/%s has %s"
              .formatted(name, actual));
    }
    if (uid != null && !uid.equals(actual)) {
      throw new Failure(
          ExitCode.ABSENT,
          "clease/%s is another one now, with the UID %s; look at what it asks for"
              .formatted(name, actual));
    }
    return uid != null || surface.confirmed(question(found));
  }

  private static String question(CredentialLease found) {
    var spec = found.getSpec();
    return "clease/%s: %s wants \"%s\" of %s for pod %s (service account %s), %s at a time and %s at most, to %s. Approve it?"
        .formatted(
            found.getMetadata().getName(),
            spec.owner(),
            spec.access(),
            spec.providerRef(),
            spec.pod().name(),
            spec.pod().serviceAccountName(),
            spec.ttl(),
            spec.maxLifetime(),
            spec.purpose());
  }
}
