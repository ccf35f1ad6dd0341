package dev.hallpass.policy.cases;

import dev.hallpass.policy.Denial;
import dev.hallpass.policy.Durations;
import dev.hallpass.policy.PolicyVerdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a case expects. Members that are left out are not compared.
 *
 * @param decision whether the credential is issued
 * @param reasons of all denials, in any order
 * @param reported the reasons that policies in {@code Audit} would deny it for, in any order
 * @param ttl for how long an issue or renewal is then valid
 * @param maxLifetime for how long the lease then lives in all
 * @param message what is told of denials, or a part of it
 */
record Expect(
    @Nullable Decision decision,
    @Nullable List<String> reasons,
    @Nullable List<String> reported,
    @Nullable String ttl,
    @Nullable String maxLifetime,
    @Nullable String message) {

  /** Whether a credential is issued, perhaps once people have said yes. */
  enum Decision {
    Allow,
    Ask,
    Deny;

    static Decision of(PolicyVerdict verdict) {
      if (!verdict.allows()) {
        return Deny;
      }
      return verdict.demands().isEmpty() ? Allow : Ask;
    }
  }

  /** Whether there is nothing that could differ. */
  boolean comparesNothing() {
    return Stream.of(decision, reasons, reported, ttl, maxLifetime, message)
        .allMatch(Objects::isNull);
  }

  /** How the verdict differs, a line for each member. */
  List<String> differences(PolicyVerdict verdict) {
    var differences = new ArrayList<String>();
    var all = new ArrayList<>(verdict.denials());
    all.addAll(verdict.reported());
    var told = all.isEmpty() ? "nothing" : Denial.sentence(all);
    var decided = Decision.of(verdict);
    if (decision != null && decision != decided) {
      differences.add(difference("decision", decision, decided + " (told: " + told + ")"));
    }
    if (decision == Decision.Deny && reasons == null && onlyFailed(verdict)) {
      differences.add(
          "reasons: no policy denies it, an expression failed (told: %s); where you mean that, expect reasons: [%s]"
              .formatted(told, Denial.EXPRESSION_FAILED));
    }
    compare("reasons", reasons, verdict.denials(), differences);
    compare("reported", reported, verdict.reported(), differences);
    compare("ttl", ttl, verdict.allowed().ttl(), differences);
    compare("maxLifetime", maxLifetime, verdict.allowed().maxLifetime(), differences);
    if (message != null && !told.contains(message)) {
      differences.add(difference("message", message, told));
    }
    return differences;
  }

  /** A slip in an expression denies, too. */
  private static boolean onlyFailed(PolicyVerdict verdict) {
    return !verdict.denials().isEmpty()
        && verdict.denials().stream().allMatch(d -> d.reason().equals(Denial.EXPRESSION_FAILED));
  }

  private static void compare(
      String member,
      @Nullable List<String> expected,
      List<Denial> denials,
      List<String> differences) {
    var got = denials.stream().map(Denial::reason).sorted().toList();
    if (expected != null && !expected.stream().sorted().toList().equals(got)) {
      differences.add(difference(member, expected, got));
    }
  }

  private static void compare(
      String member, @Nullable String expected, Duration got, List<String> differences) {
    if (expected != null && !duration(member, expected).equals(got)) {
      differences.add(difference(member, expected, Durations.format(got)));
    }
  }

  private static Duration duration(String member, String text) {
    try {
      return Durations.parse(text);
    } catch (IllegalArgumentException e) {
      throw new MalformedCasesException("expect.%s: %s".formatted(member, e.getMessage()));
    }
  }

  private static String difference(String member, Object expected, Object got) {
    return "%s: expected %s, got %s".formatted(member, expected, got);
  }
}
