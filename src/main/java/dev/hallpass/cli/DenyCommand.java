package dev.hallpass.cli;

import dev.hallpass.api.v1alpha1.CredentialApprovalSpec.Decision;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "deny", description = "Says no to a lease that waits, which ends it.")
final class DenyCommand implements Callable<Integer> {
  private final DecisionRecorder recorder;

  @Mixin DecisionOptions asked = new DecisionOptions();

  DenyCommand(Surface surface, Cluster.Connector connector) {
    this.recorder = new DecisionRecorder(surface, connector);
  }

  @Override
  public Integer call() {
    // A no to what nobody has read gives nobody anything.
    return recorder.record(asked, Decision.Deny, null, found -> true).code();
  }
}
