package dev.hallpass.policy.cases;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hallpass.api.v1alpha1.CredentialPolicy;
import dev.hallpass.policy.CompiledPolicy;
import dev.hallpass.policy.PolicyBook;
import dev.hallpass.policy.PolicyDecider;
import dev.hallpass.policy.PolicyDecider.Unmatched;
import dev.hallpass.policy.PolicyVerdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Policies and the cases that their authors wrote for them. Runs what the broker runs, without a
 * cluster: all policies together decide about the facts of each case.
 */
public final class PolicyCases {

  private static final PolicyDecider DECIDER = new PolicyDecider(Unmatched.Allow);

  private record Shared(@Nullable JsonNode given, JsonNode cases) {}

  private record Case(@Nullable String name, @Nullable JsonNode given, @Nullable Expect expect) {}

  private final PolicyBook book = new PolicyBook();
  private final List<CredentialPolicy> policies = new ArrayList<>();
  private final CaseParams params = new CaseParams();
  private final List<Case> cases = new ArrayList<>();

  private PolicyCases() {}

  /**
   * Reads files of YAML, and sorts their documents: CredentialPolicies, ConfigMaps and objects that
   * they take parameters from, and lists of cases. CRDs and ClusterRoles are passed over. A list
   * that shares facts is an object with {@code given} and {@code cases}.
   *
   * @param files what is in each, by its name
   * @throws MalformedCasesException where one is none of these, or names a field that does not
   *     exist
   */
  public static PolicyCases of(Map<String, String> files) {
    var sorted = new PolicyCases();
    files.forEach(sorted::addFile);
    sorted.params.requireUseIn(sorted.policies);
    if (sorted.policies.isEmpty()) {
      throw new MalformedCasesException("there is no CredentialPolicy in these files");
    }
    if (sorted.cases.isEmpty()) {
      throw new MalformedCasesException(
          "there are no cases in these files; a list of {name, given, expect} is one of cases");
    }
    return sorted;
  }

  private void addFile(String name, String yaml) {
    try {
      Trees.documents(yaml).forEach(this::add);
    } catch (MalformedCasesException e) {
      throw new MalformedCasesException("%s: %s".formatted(name, e.getMessage()));
    }
  }

  private void add(JsonNode document) {
    var kind = document.path("kind").asText();
    if (document.isArray()) {
      addCases(document, Trees.tree("{}"));
    } else if (document instanceof ObjectNode shared && document.has("cases")) {
      addShared(shared);
    } else if (kind.equals("CredentialPolicy")) {
      policies.add(policy((ObjectNode) document));
    } else if (document instanceof ObjectNode manifest) {
      params.add(manifest);
    } else {
      throw new MalformedCasesException("a document is neither an object nor a list of cases");
    }
  }

  /** With the defaults of the schema, and one edition of each. */
  private static CredentialPolicy policy(ObjectNode document) {
    var name = document.path("metadata").path("name").asText();
    var field = "CredentialPolicy " + name;
    for (var validation : document.path("spec").path("validations")) {
      if (validation instanceof ObjectNode rule && !rule.has("reason")) {
        rule.put("reason", "Denied");
      }
    }
    if (document.path("spec").path("requireApproval") instanceof ObjectNode asked) {
      asked.put("approvals", asked.path("approvals").asInt(1));
      asked.put("timeout", asked.path("timeout").asText("1h"));
    }
    var policy = Trees.manifest(CredentialPolicy.class, document, field);
    if (name.isEmpty() || policy.getSpec() == null) {
      throw new MalformedCasesException(field + ": metadata.name and spec must be given");
    }
    policy.getMetadata().setUid(name);
    policy.getMetadata().setGeneration(1L);
    return policy;
  }

  private void addShared(ObjectNode document) {
    var shared = Trees.as(Shared.class, document, "cases");
    addCases(
        shared.cases(),
        shared.given() == null
            ? Trees.tree("{}")
            : Trees.merged(Trees.tree("{}"), shared.given(), "given"));
  }

  private void addCases(JsonNode list, ObjectNode shared) {
    for (var i = 0; i < list.size(); i++) {
      var read = Trees.as(Case.class, list.get(i), "cases[%d]".formatted(i));
      if (read.name() == null || read.expect() == null) {
        throw new MalformedCasesException("cases[%d]: name and expect must be given".formatted(i));
      }
      if (read.expect().comparesNothing()) {
        throw new MalformedCasesException(
            "cases[%d] (%s): expect compares nothing; give decision, reasons, reported, ttl, maxLifetime or message"
                .formatted(i, read.name()));
      }
      cases.add(
          read.given() == null
              ? new Case(read.name(), shared, read.expect())
              : new Case(read.name(), overlaid(shared, read.given(), read.name()), read.expect()));
    }
  }

  /** A null of a case is kept: it says that there is no node. */
  private static ObjectNode overlaid(ObjectNode shared, JsonNode given, String name) {
    var merged = Trees.merged(shared, given, name + ": given");
    if (given.path("node").isNull()) {
      merged.putNull("node");
    }
    return merged;
  }

  /** One outcome for each policy that does not compile, then one for each case, in their order. */
  public List<Outcome> run() {
    var flawed =
        policies.stream()
            .map(
                p ->
                    new Outcome(
                        "CredentialPolicy " + p.getMetadata().getName(),
                        CompiledPolicy.of(p).flaws()))
            .filter(o -> !o.passed());
    return Stream.concat(flawed, cases.stream().map(this::outcome)).toList();
  }

  private Outcome outcome(Case one) {
    var name = Objects.requireNonNull(one.name());
    try {
      return new Outcome(name, Objects.requireNonNull(one.expect()).differences(verdict(one)));
    } catch (MalformedCasesException e) {
      return new Outcome(name, List.of(Objects.requireNonNull(e.getMessage())));
    }
  }

  private PolicyVerdict verdict(Case one) {
    var given = Trees.as(Given.class, Objects.requireNonNull(one.given()), "given");
    var facts = new Facts(given);
    return DECIDER.decide(
        book.of(policies, params.known(policies, given.params())), facts.facts(), facts.allowed());
  }
}
