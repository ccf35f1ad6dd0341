package dev.hallpass.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.policy.IssueDecision.Allow;
import dev.hallpass.policy.PolicyDecider.Unmatched;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What gives way to a break-glass, and what never does. */
class PolicyDeciderBreakGlassTest {
  private static final OpenBreakGlass OPEN =
      new OpenBreakGlass("inc-7", "glass-1", Instant.parse("2026-03-02T11:00:00Z"));

  private static final String RULE =
      "validations: [{expression: 'false', message: no, reason: No}]";
  private static final String BROKEN = "validations: [{expression: 'nobody', reason: No}]";
  private static final String FAILING =
      "validations: [{expression: \"pod.metadata.labels['absent'] == ''\", reason: No}]";
  private static final String LIMIT = "limits: {maxLeases: 1}";

  @ParameterizedTest(name = "{0}, {1}: {2}")
  @CsvSource(
      textBlock =
          """
          RULE,    left out, holds
          RULE,    Respect,  holds
          RULE,    Skip,     gives way
          BROKEN,  left out, holds
          BROKEN,  Respect,  holds
          BROKEN,  Skip,     gives way
          FAILING, left out, holds
          FAILING, Skip,     gives way
          LIMIT,   left out, holds
          LIMIT,   Respect,  holds
          LIMIT,   Skip,     holds
          """)
  void givesWayWhereThePolicySaysSo(String what, String says, String outcome) {
    var verdict = decide(Unmatched.Allow, Optional.of(OPEN), policy("p", says, part(what)));

    assertThat(verdict.allows()).isEqualTo(outcome.equals("gives way"));
    assertThat(verdict.waivedPolicies())
        .isEqualTo(Stream.of("p").filter(p -> outcome.equals("gives way")).toList());
  }

  @ParameterizedTest
  @CsvSource({"left out", "Respect", "Skip"})
  void withoutABreakGlassEverythingHolds(String says) {
    var verdict = decide(Unmatched.Allow, Optional.empty(), policy("p", says, RULE));

    assertThat(verdict.allows()).isFalse();
    assertThat(verdict.waived()).isEmpty();
  }

  @ParameterizedTest(name = "{0}: {1} is asked")
  @CsvSource({"left out, nobody", "Skip, nobody", "Respect, somebody"})
  void approvalGivesWayUnlessThePolicySaysThatItHolds(String says, String who) {
    var policy = policy("p", says, "requireApproval: {approvals: 2, timeout: 1h}");

    var open = decide(Unmatched.Allow, Optional.of(OPEN), policy);
    var shut = decide(Unmatched.Allow, Optional.empty(), policy);

    assertThat(open.allows()).isTrue();
    assertThat(open.demands()).hasSize(who.equals("nobody") ? 0 : 1);
    assertThat(open.waivedPolicies()).hasSize(who.equals("nobody") ? 1 : 0);
    assertThat(shut.demands()).hasSize(1);
  }

  @Test
  void onePolicyThatHoldsIsEnough() {
    var verdict =
        decide(
            Unmatched.Allow,
            Optional.of(OPEN),
            policy("gives-way", "Skip", RULE),
            policy("holds", "Respect", RULE));

    assertThat(verdict.denials()).extracting(Denial::policy).containsExactly("holds");
  }

  @Test
  void theTimesThatPoliciesLimitHold() {
    var verdict =
        decide(
            Unmatched.Allow,
            Optional.of(OPEN),
            policy("p", "Skip", RULE + "\nlimits: {maxTtl: 5m, maxLifetime: 20m}"));

    assertThat(verdict.allowed())
        .isEqualTo(
            new Allow(PolicyScene.ALLOWED.level(), Duration.ofMinutes(5), Duration.ofMinutes(20)));
  }

  @Test
  void thatNoPolicyIsAboutItHolds() {
    assertThat(decide(Unmatched.Deny, Optional.of(OPEN)).denials())
        .extracting(Denial::reason)
        .containsExactly("NoPolicy");
  }

  @Test
  void whatWouldHaveAllowedItIsNotSaidToHaveGivenWay() {
    var verdict =
        decide(
            Unmatched.Allow,
            Optional.of(OPEN),
            policy("p", "Skip", "validations: [{expression: 'true', reason: R}]"));

    assertThat(verdict.allows()).isTrue();
    assertThat(verdict.waived()).isEmpty();
  }

  private static PolicyVerdict decide(
      Unmatched unmatched, Optional<OpenBreakGlass> open, CredentialPolicy... policies) {
    return new PolicyDecider(unmatched)
        .decide(
            Stream.of(policies).map(CompiledPolicy::of).toList(),
            PolicyScene.FACTS,
            PolicyScene.ALLOWED,
            open);
  }

  private static String part(String what) {
    return switch (what) {
      case "RULE" -> RULE;
      case "BROKEN" -> BROKEN;
      case "FAILING" -> FAILING;
      case "LIMIT" -> LIMIT;
      default -> throw new IllegalArgumentException(what);
    };
  }

  private static CredentialPolicy policy(String name, String says, String spec) {
    var rule = says.equals("left out") ? "" : "\nbreakGlass: " + says;
    return Serialization.unmarshal(
        "metadata: {name: %1$s, uid: %1$s, generation: 3}\nspec:\n%2$s"
            .formatted(name, ("enforcement: Enforce\n" + spec + rule).indent(2)),
        CredentialPolicy.class);
  }
}
