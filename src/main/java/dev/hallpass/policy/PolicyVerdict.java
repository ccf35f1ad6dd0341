package dev.hallpass.policy;

import dev.hallpass.api.v1alpha1.CredentialPolicySpec.Enforcement;
import dev.hallpass.policy.IssueDecision.Allow;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What policies say of a credential that requests and providers allow.
 *
 * @param denials what stands in the way; where there is none, it may be issued
 * @param reported what would stand in the way if policies in {@code Audit} were enforced
 * @param waived what would stand in the way if no break-glass were open
 * @param allowed within these limits
 * @param demands whom they ask before it is issued
 * @param consulted every policy that matched
 */
public record PolicyVerdict(
    List<Denial> denials,
    List<Denial> reported,
    List<Denial> waived,
    Allow allowed,
    List<ApprovalDemand> demands,
    List<Consulted> consulted) {

  /**
   * A policy that was asked.
   *
   * @param policy its name
   * @param generation of it
   * @param enforcement whether its word counts
   * @param denials what it has against the credential, whether it gives way or not
   * @param params what it was given as such; null where it names none, or is wrong
   */
  public record Consulted(
      String policy,
      long generation,
      Enforcement enforcement,
      List<Denial> denials,
      @Nullable Parameters params) {}

  /** The policies that gave way, by their names, each once. */
  public List<String> waivedPolicies() {
    return waived.stream().map(Denial::policy).distinct().toList();
  }

  /** Whether nothing stands in the way, but perhaps people who must say yes. */
  public boolean allows() {
    return denials.isEmpty();
  }

  /** The same, where no yes from before the provider was made counts: it was to another target. */
  public PolicyVerdict ofProviderMadeAt(Instant moment) {
    return new PolicyVerdict(
        denials,
        reported,
        waived,
        allowed,
        demands.stream().map(demand -> demand.notBefore(moment)).toList(),
        consulted);
  }

  /** The same, where a yes that is missing, or a no, denies. */
  public PolicyVerdict with(ApprovalDecision approval) {
    var more =
        switch (approval) {
          case ApprovalDecision.Given given -> List.<Denial>of();
          case ApprovalDecision.Missing missing -> missing.denials();
          case ApprovalDecision.Refused refused -> List.of(refused.denial());
        };
    return new PolicyVerdict(
        Stream.concat(denials.stream(), more.stream()).toList(),
        reported,
        waived,
        allowed,
        demands,
        consulted);
  }
}
