package dev.hallpass.broker;

import dev.hallpass.api.v1alpha1.CredentialLease;
import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.api.v1alpha1.CredentialRequest;
import dev.hallpass.kube.Catalog;
import dev.hallpass.kube.Events;
import dev.hallpass.lease.Inquiry;
import dev.hallpass.lease.Inquiry.Answer;
import dev.hallpass.lease.RefusedException;
import dev.hallpass.policy.ApprovalDemand;
import dev.hallpass.policy.Denial;
import dev.hallpass.policy.IssueDecision.Allow;
import dev.hallpass.policy.IssueDecision.Deny;
import dev.hallpass.policy.Once;
import dev.hallpass.policy.OpenBreakGlass;
import dev.hallpass.policy.PolicyBook;
import dev.hallpass.policy.PolicyDecider;
import dev.hallpass.policy.PolicyFacts;
import dev.hallpass.policy.PolicyVerdict;
import dev.hallpass.policy.Surroundings;
import dev.hallpass.policy.Waiver;
import dev.hallpass.wire.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Lets the provider, and the policies after it, say what a pod may have of a request. */
final class Policies {
  private final PolicyBook book = new PolicyBook();
  private final PolicyDecider decider;
  private final Duration longestBreakGlass;
  private final Surroundings around;
  private final Events events;

  Policies(PolicyDecider decider, Duration longestBreakGlass, Surroundings around, Events events) {
    this.decider = decider;
    this.longestBreakGlass = longestBreakGlass;
    this.around = around;
    this.events = events;
  }

  /**
   * What policies leave of what requests and providers allow.
   *
   * @param allowed within these limits
   * @param waiver what gave way to a break-glass; null where nothing had to
   * @param demands whom they ask before it is issued
   */
  record Judged(Allow allowed, @Nullable Waiver waiver, List<ApprovalDemand> demands) {}

  /**
   * The limits that hold.
   *
   * @param audited learns what was decided, and on what
   * @throws RefusedException with every denial, where there is one
   */
  Judged judge(Catalog catalog, Inquiry inquiry, AuditedCall audited) {
    var policies = new Once<>(catalog::policies);
    return switch (inquiry.put(() -> rules(catalog, policies.get(), inquiry))) {
      case Answer.Refused(var denial) -> throw refused(inquiry.request(), denial);
      case Answer.Judged judged -> {
        tellOfFailures(policies.get(), judged.verdict());
        yield judged(judged, audited);
      }
    };
  }

  private Inquiry.Rules rules(Catalog catalog, List<CredentialPolicy> policies, Inquiry inquiry) {
    return new Inquiry.Rules(
        decider,
        book.of(policies, catalog.params()),
        around,
        catalog.breakGlasses(inquiry.namespace().getMetadata().getName()),
        longestBreakGlass);
  }

  private Judged judged(Answer.Judged answer, AuditedCall audited) {
    var facts = answer.facts();
    var verdict = answer.verdict();
    requireBreakGlass(facts.lease(), answer.open());
    audited.judged(facts, verdict);
    if (!verdict.reported().isEmpty()) {
      events.say(
          Events.about(facts.request()),
          Events.Type.Warning,
          Reason.PolicyWouldDeny,
          sentence(facts, verdict.reported()));
    }
    if (!verdict.allows()) {
      throw new RefusedException(Reason.PolicyDenied, sentence(facts, verdict.denials()));
    }
    return new Judged(verdict.allowed(), waiver(answer), verdict.demands());
  }

  /** Whoever wrote a policy looks at it, and not at pods. */
  private void tellOfFailures(List<CredentialPolicy> policies, PolicyVerdict verdict) {
    Stream.of(verdict.denials(), verdict.reported(), verdict.waived())
        .flatMap(List::stream)
        .filter(d -> d.reason().equals(Denial.EXPRESSION_FAILED))
        .filter(d -> d.ground() == Denial.Ground.Failure)
        .forEach(
            failed ->
                policies.stream()
                    .filter(p -> p.getMetadata().getName().equals(failed.policy()))
                    .forEach(
                        p ->
                            events.say(
                                Events.about(p),
                                Events.Type.Warning,
                                Reason.ExpressionFailed,
                                failed.message())));
  }

  private static void requireBreakGlass(
      @Nullable CredentialLease lease, Optional<OpenBreakGlass> open) {
    var named = lease == null ? null : lease.getSpec().breakGlass();
    if (named != null && open.isEmpty()) {
      throw new RefusedException(
          Reason.LeaseEnded,
          "break-glass %s of the lease is over, or was opened when the request asked for something else"
              .formatted(named.name()));
    }
  }

  static RefusedException refused(CredentialRequest request, Deny deny) {
    return new RefusedException(
        deny.reason(),
        "CredentialRequest %s: %s".formatted(request.getMetadata().getName(), deny.message()));
  }

  /** A lease that was issued under a break-glass stays so, whatever policies say meanwhile. */
  private static @Nullable Waiver waiver(Answer.Judged answer) {
    var lease = answer.facts().lease();
    var named = lease == null ? null : lease.getSpec().breakGlass();
    var policies = named == null ? answer.verdict().waivedPolicies() : named.skippedPolicies();
    return policies.isEmpty()
        ? null
        : answer.open().map(breakGlass -> new Waiver(breakGlass, policies)).orElse(null);
  }

  private static String sentence(PolicyFacts facts, List<Denial> denials) {
    return "credential %s of CredentialRequest %s: %s"
        .formatted(
            facts.credential().name(),
            facts.request().getMetadata().getName(),
            Denial.sentence(denials));
  }
}
