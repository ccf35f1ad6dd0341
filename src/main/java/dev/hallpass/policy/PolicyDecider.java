package dev.hallpass.policy;

import dev.hallpass.api.v1alpha1.CredentialPolicySpec.Enforcement;
import dev.hallpass.policy.IssueDecision.Allow;
import dev.hallpass.policy.PolicyVerdict.Consulted;
import dev.hallpass.wire.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All policies that match must allow, and every denial is collected. What cannot be evaluated
 * denies.
 */
public final class PolicyDecider {
  /** What holds where no policy in {@code Enforce} matches. */
  public enum Unmatched {
    /** The caps of the provider alone. */
    Allow,
    /** Nothing is issued. */
    Deny
  }

  private final Unmatched unmatched;

  /** Decides so where no policy matches. */
  public PolicyDecider(Unmatched unmatched) {
    this.unmatched = unmatched;
  }

  /** Whether, without any policy, all is allowed. */
  public boolean allowsUnmatched() {
    return unmatched == Unmatched.Allow;
  }

  /** Decides about what requests and providers allow, where no break-glass is open. */
  public PolicyVerdict decide(List<CompiledPolicy> policies, PolicyFacts facts, Allow allowed) {
    return decide(policies, facts, allowed, Optional.empty());
  }

  /**
   * Decides about what requests and providers allow. To a break-glass gives way what each policy
   * lets give way, and of none its limits.
   */
  public PolicyVerdict decide(
      List<CompiledPolicy> policies,
      PolicyFacts facts,
      Allow allowed,
      Optional<OpenBreakGlass> open) {
    var denials = new ArrayList<Denial>();
    var waived = new ArrayList<Denial>();
    var reported = new ArrayList<Denial>();
    var demands = new ArrayList<ApprovalDemand>();
    var consulted = new ArrayList<Consulted>();
    var ttl = allowed.ttl();
    var maxLifetime = allowed.maxLifetime();
    var scope = CompiledPolicy.scope(facts);
    var quota = new Quota(facts);
    var enforced = 0;
    for (var policy : policies) {
      if (!policy.matches(facts)) {
        continue;
      }
      var opinion = policy.opinion(scope);
      var overruns = policy.overruns(quota);
      consulted.add(consulted(policy, overruns, opinion.denials()));
      if (policy.enforcement() == Enforcement.Audit) {
        reported.addAll(opinion.denials());
        reported.addAll(overruns);
        opinion.demand().map(PolicyDecider::wouldAsk).ifPresent(reported::add);
        continue;
      }
      enforced++;
      denials.addAll(overruns);
      var rules = open.isPresent() && policy.rulesGiveWay() ? waived : denials;
      rules.addAll(opinion.denials());
      var demand = opinion.demand();
      if (open.isPresent() && policy.approvalGivesWay()) {
        demand.map(PolicyDecider::wouldAsk).ifPresent(waived::add);
      } else {
        demand.ifPresent(demands::add);
      }
      ttl = least(ttl, policy.limits().map(l -> l.maxTtl()));
      maxLifetime = least(maxLifetime, policy.limits().map(l -> l.maxLifetime()));
    }
    if (enforced == 0 && unmatched == Unmatched.Deny) {
      denials.add(
          Denial.ruled(
              "", 0, Reason.NoPolicy.name(), "no CredentialPolicy is about this credential"));
    }
    return new PolicyVerdict(
        List.copyOf(denials),
        List.copyOf(reported),
        List.copyOf(waived),
        new Allow(allowed.level(), least(ttl, maxLifetime), maxLifetime),
        List.copyOf(demands),
        List.copyOf(consulted));
  }

  private static Consulted consulted(
      CompiledPolicy policy, List<Denial> overruns, List<Denial> objections) {
    return new Consulted(
        policy.name(),
        policy.generation(),
        policy.enforcement(),
        Stream.concat(overruns.stream(), objections.stream()).toList(),
        policy.parameters().orElse(null));
  }

  private static Denial wouldAsk(ApprovalDemand demand) {
    return Denial.ruled(
        demand.policy(),
        demand.generation(),
        Reason.ApprovalRequired.name(),
        "it would need %d approvals".formatted(demand.needed()));
  }

  private static Duration least(Duration one, Optional<String> other) {
    return other.map(Durations::parse).map(d -> least(one, d)).orElse(one);
  }

  private static Duration least(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }
}
