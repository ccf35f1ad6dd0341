package dev.hallpass.cli;

import static dev.hallpass.cli.Check.failed;
import static dev.hallpass.cli.Check.ok;
import static dev.hallpass.cli.Check.unseen;
import static dev.hallpass.cli.Check.warning;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether the broker and the controller run, and one of the controllers leads. */
final class ProcessChecks {
  private static final String LEADER = "leader";

  private final InstallationEvidence seen;

  private ProcessChecks(InstallationEvidence seen) {
    this.seen = seen;
  }

  static List<Check> of(InstallationEvidence seen) {
    var checks = new ProcessChecks(seen);
    return List.of(
        checks.process("hallpass-broker"), checks.process("hallpass-controller"), checks.leader());
  }

  private Check process(String name) {
    if (seen.deployments().obstacle().isPresent()) {
      return unseen(name, seen.deployments().obstacle().get());
    }
    return seen.deployments().items().stream()
        .filter(d -> d.getMetadata().getName().equals(name))
        .findFirst()
        .map(d -> process(name, d))
        .orElseGet(
            () ->
                failed(
                    name,
                    "there is no such Deployment in namespace " + seen.systemNamespace(),
                    Check.CHART + "; or name Hallpass's namespace by --system-namespace"));
  }

  private Check process(String name, Deployment deployment) {
    var wanted = orZero(deployment.getSpec().getReplicas());
    var ready =
        deployment.getStatus() == null ? 0 : orZero(deployment.getStatus().getReadyReplicas());
    var detail = "%d of %d replicas are ready".formatted(ready, wanted);
    var look = "kubectl -n %s describe deployment %s".formatted(seen.systemNamespace(), name);
    if (ready == 0) {
      return failed(name, detail, look);
    }
    if (ready < wanted) {
      return warning(name, detail, look);
    }
    return wanted < 2
        ? warning(
            name, detail + ": while it restarts there is none", "set replicas to 2 in the chart")
        : ok(name, detail);
  }

  private static int orZero(@Nullable Integer number) {
    return number == null ? 0 : number;
  }

  private Check leader() {
    if (seen.leader().obstacle().isPresent()) {
      return unseen(LEADER, seen.leader().obstacle().get());
    }
    var lease = seen.leader().items().stream().findFirst();
    var holder = lease.map(l -> l.getSpec().getHolderIdentity()).filter(h -> !h.isEmpty());
    if (holder.isEmpty()) {
      return failed(
          LEADER, "no controller leads: nothing is revoked", "its log says why: " + seen.logs());
    }
    return lease
        .flatMap(this::overdue)
        .map(
            time ->
                failed(
                    LEADER,
                    "%s led, and has not been heard of for %s: nothing is revoked"
                        .formatted(holder.get(), Spans.of(time)),
                    "the controller's log says why: " + seen.logs()))
        .orElseGet(() -> ok(LEADER, holder.get()));
  }

  /** For how long it ought to have been renewed. */
  private Optional<Duration> overdue(Lease lease) {
    return Optional.ofNullable(lease.getSpec().getRenewTime())
        .map(
            renewed ->
                Duration.between(renewed.toInstant(), seen.now())
                    .minusSeconds(orZero(lease.getSpec().getLeaseDurationSeconds())))
        .filter(Duration::isPositive);
  }
}
