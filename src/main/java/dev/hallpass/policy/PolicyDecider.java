package dev.hallpass.policy;

import dev.hallpass.api.v1alpha1.CredentialPolicySpec.Enforcement;
import dev.hallpass.policy.IssueDecision.Allow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
    var ttl = allowed.ttl();
    var maxLifetime = allowed.maxLifetime();
    var scope = CompiledPolicy.scope(facts);
    var quota = new Quota(facts);
    var enforced = 0;
    for (var policy : policies) {
      if (!policy.matches(facts)) {
        continue;
      }
      if (policy.enforcement() == Enforcement.Audit) {
        reported.addAll(policy.denials(scope, quota));
        continue;
      }
      enforced++;
      denials.addAll(policy.overruns(quota));
      var rules = open.isPresent() && policy.rulesGiveWay() ? waived : denials;
      rules.addAll(policy.objections(scope));
      if (policy.requiresApproval()) {
        var approvals = open.isPresent() && policy.approvalGivesWay() ? waived : denials;
        approvals.add(
            Denial.ruled(policy.name(), 0, "ApprovalRequired", "approvals are not there yet"));
      }
      ttl = least(ttl, policy.limits().map(l -> l.maxTtl()));
      maxLifetime = least(maxLifetime, policy.limits().map(l -> l.maxLifetime()));
    }
    if (enforced == 0 && unmatched == Unmatched.Deny) {
      denials.add(Denial.ruled("", 0, "NoPolicy", "no CredentialPolicy is about this credential"));
    }
    return new PolicyVerdict(
        List.copyOf(denials),
        List.copyOf(reported),
        List.copyOf(waived),
        new Allow(allowed.level(), least(ttl, maxLifetime), maxLifetime));
  }

  private static Duration least(Duration one, Optional<String> other) {
    return other.map(Durations::parse).map(d -> least(one, d)).orElse(one);
  }

  private static Duration least(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }
}
