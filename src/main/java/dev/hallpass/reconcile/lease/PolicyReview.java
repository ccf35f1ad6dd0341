package dev.hallpass.reconcile.lease;

import dev.hallpass.api.v1alpha1.BreakGlass;
import dev.hallpass.api.v1alpha1.CredentialApproval;
import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialLeaseStatus.LeasePhase;
import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.CredentialProviderSpec;
import dev.hallpass.api.v1alpha1.CredentialProviderStatus;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.api.v1alpha1.EndedBy;
import dev.hallpass.kube.Catalog;
import dev.hallpass.kube.KnownParams;
import dev.hallpass.lease.Inquiry;
import dev.hallpass.lease.Inquiry.Answer;
import dev.hallpass.lease.LeaseFacts;
import dev.hallpass.lease.LeaseJudge;
import dev.hallpass.lease.LiveSurroundings;
import dev.hallpass.lease.Verdict.End;
import dev.hallpass.policy.ApprovalDecider;
import dev.hallpass.policy.CompiledPolicy;
import dev.hallpass.policy.Denial;
import dev.hallpass.policy.Denial.Ground;
import dev.hallpass.policy.PolicyBook;
import dev.hallpass.policy.PolicyDecider;
import dev.hallpass.policy.PolicyVerdict;
import dev.hallpass.policy.Surroundings;
import dev.hallpass.reconcile.view.ClusterView;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Asks policies about leases that stand. Time alone ends none: once a policy, or something that
 * policies look at, is another than at the last review, the lease is reviewed, and else only where
 * it is to be extended.
 *
 * <p>Only a rule that says no ends a lease. A policy that is wrong or fails says nothing about what
 * was issued under another; it keeps the lease from being extended, so that it ends with its ttl.
 */
final class PolicyReview {
  private final ClusterView view;
  private final Catalog live;
  private final KubernetesClient client;
  private final PolicyDecider decider;
  private final Duration longestBreakGlass;
  private final Surroundings seen;
  private final Surroundings around;
  private final PolicyBook book = new PolicyBook();
  private final Map<String, Looked> reviewed = new ConcurrentHashMap<>();

  /** An object as policies see it. */
  private record Edition(String uid, long generation, Map<String, String> labels) {
    static Edition of(HasMetadata object) {
      var meta = object.getMetadata();
      return new Edition(
          meta.getUid(),
          Optional.ofNullable(meta.getGeneration()).orElse(0L),
          Optional.ofNullable(meta.getLabels()).orElse(Map.of()));
    }
  }

  /** All that a review looked at. */
  private record Looked(Set<Edition> objects, KnownParams params) {
    static final Looked NOTHING = new Looked(Set.of(), KnownParams.NONE);
  }

  PolicyReview(
      ClusterView view,
      Catalog live,
      KubernetesClient client,
      PolicyDecider decider,
      Duration longestBreakGlass) {
    this.longestBreakGlass = longestBreakGlass;
    this.view = view;
    this.live = live;
    this.client = client;
    this.decider = decider;
    this.around = new LiveSurroundings(client);
    this.seen = new SeenSurroundings(view, around);
  }

  /** The end of a lease that policies no longer allow. */
  Optional<End> withdrawn(LeaseFacts facts) {
    var uid = facts.lease().getMetadata().getUid();
    if (unneeded()) {
      reviewed.put(uid, Looked.NOTHING);
      return Optional.empty();
    }
    var looked = looked(facts);
    var before = reviewed.get(uid);
    if (looked.equals(before)) {
      return Optional.empty();
    }
    var denials = denials(facts);
    var refusals = refusals(denials, facts.lease());
    if (refusals.isEmpty() || (before == null && byTimeAlone(facts))) {
      // Once it is used, the same denials may end it.
      if (LeaseJudge.phase(facts.lease()) != LeasePhase.Active && !denials.isEmpty()) {
        reviewed.remove(uid);
      } else {
        reviewed.put(uid, looked);
      }
      return Optional.empty();
    }
    var refused = refusals.stream().anyMatch(d -> d.ground() == Ground.Refusal);
    return Optional.of(
        new End(
            refused ? EndedBy.ApprovalDenied : EndedBy.PolicyWithdrawn, Denial.sentence(refusals)));
  }

  /**
   * Whether policies would let a lease be that is used, were it still when it was last issued or
   * renewed. Of one that this process has not looked at before, that is asked: what has changed
   * since then is not known, and after a restart it may be the time alone.
   */
  private boolean byTimeAlone(LeaseFacts facts) {
    return LeaseJudge.phase(facts.lease()) == LeasePhase.Active
        && refusals(denials(facts.at(LeaseJudge.decided(facts.lease()))), facts.lease()).isEmpty();
  }

  private List<Denial> denials(LeaseFacts facts) {
    return verdict(facts, counted(facts)).map(PolicyVerdict::denials).orElse(List.<Denial>of());
  }

  private static List<Denial> refusals(List<Denial> denials, CredentialLease lease) {
    return denials.stream().filter(d -> ends(d, lease)).toList();
  }

  /** What is not in use yet is the broker's to let wait or go on; else its own deadline ends it. */
  private static boolean ends(Denial denial, CredentialLease lease) {
    return switch (denial.ground()) {
      case Rule, Refusal -> true;
      case Silence -> LeaseJudge.phase(lease) == LeasePhase.Active;
      case Failure -> false;
    };
  }

  /**
   * As of when a yes must hold: what has held at any time of a lease that is used keeps it until it
   * expires, and only its renewal needs one that holds still.
   */
  private static Instant counted(LeaseFacts facts) {
    return LeaseJudge.phase(facts.lease()) == LeasePhase.AwaitingApproval
        ? facts.now()
        : LeaseJudge.begun(facts.lease());
  }

  /** What policies say to the extension of a lease; empty where they have nothing to say. */
  Optional<PolicyVerdict> extension(LeaseFacts facts) {
    return unneeded() ? Optional.empty() : verdict(facts, facts.now());
  }

  /** Lets go of what was kept for a lease that ends. */
  void forget(CredentialLease lease) {
    reviewed.remove(lease.getMetadata().getUid());
  }

  private boolean unneeded() {
    return decider.allowsUnmatched() && policies().isEmpty();
  }

  private List<CredentialPolicy> policies() {
    return view.policies().getStore().list();
  }

  private Looked looked(LeaseFacts facts) {
    var namespace = facts.lease().getMetadata().getNamespace();
    var around =
        Stream.of(
                Optional.ofNullable(facts.pod()),
                Optional.ofNullable(facts.request()),
                view.namespace(namespace),
                view.provider(facts.lease().getSpec().providerRef(), namespace))
            .<HasMetadata>flatMap(Optional::stream);
    return new Looked(
        Stream.of(policies().stream(), around, spokenOf(facts.lease()))
            .flatMap(s -> s)
            .map(Edition::of)
            .collect(Collectors.toUnmodifiableSet()),
        view.knownParams());
  }

  /** The approvals of what the lease asks for. */
  private Stream<CredentialApproval> spokenOf(CredentialLease lease) {
    var status = lease.getStatus();
    var approval = status == null ? null : status.approval();
    return approval == null
        ? Stream.empty()
        : view.approvalsIn(lease.getMetadata().getNamespace()).stream()
            .filter(
                a ->
                    Optional.ofNullable(a.getSpec().stamp())
                        .filter(s -> s.digest().equals(approval.digest()))
                        .isPresent());
  }

  /**
   * A yes may rest on what was seen; a no is asked again of the API server. The pod is always read
   * there: the one that was seen is cut down.
   *
   * @param counted as of when approvals count
   */
  private Optional<PolicyVerdict> verdict(LeaseFacts facts, Instant counted) {
    var lease = facts.lease();
    var namespace = lease.getMetadata().getNamespace();
    var spec = lease.getSpec();
    var pod =
        Optional.ofNullable(client.pods().inNamespace(namespace).withName(spec.pod().name()).get())
            .filter(p -> p.getMetadata().getUid().equals(spec.pod().uid()));
    return verdict(
            facts,
            pod,
            Optional.ofNullable(facts.request()),
            view.namespace(namespace),
            view.provider(spec.providerRef(), namespace),
            () ->
                rules(
                    book.of(policies(), view.knownParams()), seen, view.breakGlassesIn(namespace)),
            view.approvalsIn(namespace),
            counted)
        .filter(PolicyVerdict::allows)
        .or(
            () ->
                verdict(
                    facts,
                    pod,
                    live.request(namespace, spec.requestRef().name()),
                    live.namespace(namespace),
                    live.provider(spec.providerRef(), namespace),
                    () -> liveRules(namespace),
                    live.approvals(namespace),
                    counted));
  }

  private Inquiry.Rules liveRules(String namespace) {
    var current = live.policies();
    return rules(book.of(current, live.params(current)), around, live.breakGlasses(namespace));
  }

  private Inquiry.Rules rules(
      List<CompiledPolicy> policies, Surroundings surroundings, List<BreakGlass> breakGlasses) {
    return new Inquiry.Rules(decider, policies, surroundings, breakGlasses, longestBreakGlass);
  }

  /** Where one of them is gone, that alone ends the lease. */
  private Optional<PolicyVerdict> verdict(
      LeaseFacts facts,
      Optional<Pod> pod,
      Optional<CredentialRequest> request,
      Optional<Namespace> namespace,
      Optional<? extends CustomResource<CredentialProviderSpec, CredentialProviderStatus>> provider,
      Supplier<Inquiry.Rules> rules,
      List<CredentialApproval> approvals,
      Instant counted) {
    var credential =
        request.stream()
            .flatMap(r -> r.getSpec().credentials().stream())
            .filter(c -> c.name().equals(facts.lease().getSpec().credential()))
            .findFirst();
    if (pod.isEmpty() || credential.isEmpty() || namespace.isEmpty() || provider.isEmpty()) {
      return Optional.empty();
    }
    var inquiry =
        new Inquiry(
            pod.get(),
            namespace.get(),
            request.orElseThrow(),
            credential.get(),
            provider.get(),
            null,
            facts.lease(),
            facts.now());
    return switch (inquiry.put(rules)) {
      case Answer.Refused refused -> Optional.empty();
      case Answer.Judged(var allowed, var told, var verdict, var open) ->
          Optional.of(
              verdict.with(
                  ApprovalDecider.decide(
                      verdict.demands(),
                      approvals,
                      new ApprovalDecider.Subject(
                          request.orElseThrow(),
                          credential.get(),
                          pod.get().getMetadata().getUid(),
                          facts.lease(),
                          counted))));
    };
  }
}
