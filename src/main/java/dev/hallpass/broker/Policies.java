package dev.hallpass.broker;

import dev.hallpass.kube.Catalog;
import dev.hallpass.kube.Events;
import dev.hallpass.lease.RefusedException;
import dev.hallpass.policy.ApprovalDemand;
import dev.hallpass.policy.Denial;
import dev.hallpass.policy.IssueDecision.Allow;
import dev.hallpass.policy.OpenBreakGlass;
import dev.hallpass.policy.PolicyBook;
import dev.hallpass.policy.PolicyDecider;
import dev.hallpass.policy.PolicyFacts;
import dev.hallpass.policy.PolicyVerdict;
import dev.hallpass.policy.Waiver;
import dev.hallpass.wire.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lets the policies have the last word on what a request and its provider allow. */
final class Policies {
  private final PolicyBook book = new PolicyBook();
  private final PolicyDecider decider;
  private final Duration longestBreakGlass;
  private final Events events;

  Policies(PolicyDecider decider, Duration longestBreakGlass, Events events) {
    this.decider = decider;
    this.longestBreakGlass = longestBreakGlass;
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
   * @param hearing learns what was decided, and on what
   * @throws RefusedException with every denial, where there is one
   */
  Judged judge(Catalog catalog, PolicyFacts facts, Allow allowed, Hearing hearing) {
    var open = open(catalog, facts);
    var policies = catalog.policies();
    var verdict = decider.decide(book.of(policies, catalog.params(policies)), facts, allowed, open);
    hearing.judged(facts, verdict);
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
    return new Judged(verdict.allowed(), waiver(facts, verdict, open), verdict.demands());
  }

  private Optional<OpenBreakGlass> open(Catalog catalog, PolicyFacts facts) {
    var ofNamespace = catalog.breakGlasses(facts.namespaceObject().getMetadata().getName());
    var lease = facts.lease();
    if (lease == null) {
      return OpenBreakGlass.find(
          ofNamespace,
          facts.pod(),
          facts.request(),
          facts.credential().name(),
          longestBreakGlass,
          facts.now());
    }
    var behind =
        OpenBreakGlass.behind(lease, facts.request(), ofNamespace, longestBreakGlass, facts.now());
    if (lease.getSpec().breakGlass() != null && behind.isEmpty()) {
      throw new RefusedException(
          Reason.LeaseEnded,
          "break-glass %s of the lease is over, or was opened when the request asked for something else"
              .formatted(lease.getSpec().breakGlass().name()));
    }
    return behind;
  }

  /** A lease that was issued under a break-glass stays so, whatever policies say meanwhile. */
  private static @Nullable Waiver waiver(
      PolicyFacts facts, PolicyVerdict verdict, Optional<OpenBreakGlass> open) {
    var lease = facts.lease();
    var named = lease == null ? null : lease.getSpec().breakGlass();
    var policies = named == null ? verdict.waivedPolicies() : named.skippedPolicies();
    return policies.isEmpty()
        ? null
        : open.map(breakGlass -> new Waiver(breakGlass, policies)).orElse(null);
  }

  private static String sentence(PolicyFacts facts, List<Denial> denials) {
    return "credential %s of CredentialRequest %s: %s"
        .formatted(
            facts.credential().name(),
            facts.request().getMetadata().getName(),
            Denial.sentence(denials));
  }
}
