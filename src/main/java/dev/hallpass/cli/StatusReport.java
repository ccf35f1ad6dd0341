package dev.hallpass.cli;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.kube.Conditions;
import dev.hallpass.lease.LeaseJudge;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.CustomResource;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How Hallpass stands in a scope.
 *
 * @param scope what was looked at
 * @param providers all of them
 * @param requests all of them
 * @param leases how many are in each phase
 * @param ending valid leases that nobody has renewed in time
 * @param revoking leases whose end is not confirmed yet
 * @param waiting leases that wait for people
 * @param breakGlasses those that are open or not reviewed
 * @param unseen what this user may not see, in the API server's words
 * @param unseenKinds the kinds of that
 */
record StatusReport(
    String scope,
    Instant at,
    List<ProviderLine> providers,
    List<RequestLine> requests,
    Map<LeasePhase, Long> leases,
    List<LeaseView> ending,
    List<LeaseView> revoking,
    List<WaitingView> waiting,
    List<BreakGlassView> breakGlasses,
    List<String> unseen,
    List<String> unseenKinds) {

  private static final String PROVIDER = "CredentialProvider";
  private static final String CLUSTER_PROVIDER = "ClusterCredentialProvider";
  private static final String BREAK_GLASS = "BreakGlass";

  /** A provider; without a ready condition it was not probed yet. */
  record ProviderLine(
      String kind,
      @Nullable String namespace,
      String name,
      boolean ready,
      String reason,
      String message) {}

  /** A request, with the pods it selects. */
  record RequestLine(
      String namespace,
      String name,
      boolean ready,
      String reason,
      String message,
      int pods,
      int waiting,
      int failing,
      int bare) {

    /** Whether all is as it should be. */
    boolean fine() {
      return ready && waiting == 0 && failing == 0 && bare == 0;
    }
  }

  static StatusReport of(Snapshot seen) {
    var now = seen.at();
    return new StatusReport(
        seen.scope().toString(),
        now,
        Stream.concat(
                seen.providers().items().stream().map(StatusReport::provider),
                seen.clusterProviders().items().stream().map(StatusReport::provider))
            .toList(),
        seen.requests().stream().map(StatusReport::request).toList(),
        new TreeMap<>(seen.leases().stream().collect(groupingBy(LeaseJudge::phase, counting()))),
        seen.leases().stream().filter(l -> LeaseView.endsSoon(l, now)).map(LeaseView::of).toList(),
        seen.leases().stream()
            .filter(l -> LeaseJudge.phase(l) == LeasePhase.Revoking)
            .map(LeaseView::of)
            .toList(),
        seen.leases().stream()
            .filter(l -> LeaseJudge.phase(l) == LeasePhase.AwaitingApproval)
            .map(WaitingView::of)
            .toList(),
        seen.breakGlasses().items().stream()
            .map(BreakGlassView::of)
            .filter(g -> !g.reviewed())
            .toList(),
        Stream.of(
                seen.providers().obstacle(),
                seen.clusterProviders().obstacle(),
                seen.breakGlasses().obstacle())
            .flatMap(Optional::stream)
            .toList(),
        Stream.of(
                unseen(PROVIDER, seen.providers()),
                unseen(CLUSTER_PROVIDER, seen.clusterProviders()),
                unseen(BREAK_GLASS, seen.breakGlasses()))
            .flatMap(s -> s)
            .toList());
  }

  private static Stream<String> unseen(String kind, Reading<?> reading) {
    return reading.obstacle().map(o -> kind).stream();
  }

  /** Whether this user may see all providers of the scope. */
  boolean seesProviders() {
    return !unseenKinds.contains(PROVIDER) && !unseenKinds.contains(CLUSTER_PROVIDER);
  }

  /** Whether this user may see the break-glasses of the scope. */
  boolean seesBreakGlasses() {
    return !unseenKinds.contains(BREAK_GLASS);
  }

  /** Whether somebody should look. */
  boolean needsAttention() {
    return providers.stream().anyMatch(p -> !p.ready())
        || requests.stream().anyMatch(r -> !r.fine())
        || !ending.isEmpty()
        || !waiting.isEmpty()
        || !breakGlasses.isEmpty()
        || revoking.stream().anyMatch(l -> l.trouble() != null);
  }

  private static ProviderLine provider(
      CustomResource<CredentialProviderSpec, CredentialProviderStatus> provider) {
    var status = provider.getStatus();
    var ready = Conditions.find(status == null ? null : status.conditions(), Conditions.READY);
    return new ProviderLine(
        provider.getKind(),
        provider.getMetadata().getNamespace(),
        provider.getMetadata().getName(),
        holds(ready),
        ready.map(Condition::getReason).orElse("NotProbed"),
        ready.map(Condition::getMessage).orElse("the controller has not looked at it yet"));
  }

  private static RequestLine request(CredentialRequest request) {
    var status = request.getStatus();
    var conditions = status == null ? null : status.conditions();
    var ready = Conditions.find(conditions, Conditions.READY);
    var said =
        holds(ready)
            ? Conditions.find(conditions, Conditions.PODS_INJECTED)
                .filter(c -> !holds(c))
                .or(() -> ready)
            : ready;
    var pods = status == null ? 0 : count(status.pods());
    return new RequestLine(
        request.getMetadata().getNamespace(),
        request.getMetadata().getName(),
        holds(ready),
        said.map(Condition::getReason).orElse("NotSeen"),
        said.map(Condition::getMessage).orElse("the controller has not looked at it yet"),
        pods,
        status == null ? 0 : count(status.waiting()),
        status == null ? 0 : count(status.failing()),
        status == null ? 0 : pods - count(status.injected()));
  }

  private static boolean holds(Optional<Condition> condition) {
    return condition.filter(StatusReport::holds).isPresent();
  }

  private static boolean holds(Condition condition) {
    return "True".equals(condition.getStatus());
  }

  private static int count(@Nullable Integer number) {
    return number == null ? 0 : number;
  }
}
