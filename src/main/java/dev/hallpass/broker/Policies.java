package dev.hallpass.broker;

import dev.hallpass.kube.Catalog;
import dev.hallpass.kube.Events;
import dev.hallpass.lease.RefusedException;
import dev.hallpass.policy.Denial;
import dev.hallpass.policy.IssueDecision.Allow;
import dev.hallpass.policy.PolicyBook;
import dev.hallpass.policy.PolicyDecider;
import dev.hallpass.policy.PolicyFacts;
import dev.hallpass.wire.Reason;
import java.util.List;

/** Lets the policies have the last word on what a request and its provider allow. */
final class Policies {
  private final PolicyBook book = new PolicyBook();
  private final PolicyDecider decider;
  private final Events events;

  Policies(PolicyDecider decider, Events events) {
    this.decider = decider;
    this.events = events;
  }

  /**
   * The limits that hold.
   *
   * @throws RefusedException with every denial, where there is one
   */
  Allow judge(Catalog catalog, PolicyFacts facts, Allow allowed) {
    var verdict = decider.decide(book.of(catalog.policies(), catalog.params()), facts, allowed);
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
    return verdict.allowed();
  }

  private static String sentence(PolicyFacts facts, List<Denial> denials) {
    return "credential %s of CredentialRequest %s: %s"
        .formatted(
            facts.credential().name(),
            facts.request().getMetadata().getName(),
            Denial.sentence(denials));
  }
}
